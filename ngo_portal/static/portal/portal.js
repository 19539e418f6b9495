// What every page does: quick exit, a screen that nobody reads is blurred, a word when the
// connection is lost, one press of a button sends a form once.
const root = document.documentElement;
const exit = document.getElementById("quick-exit");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === "x") {
    event.preventDefault();
    exit?.requestSubmit();
  }
});

// Nothing is seen from the first instant; what was typed has a moment to be saved, then one leaves.
exit?.addEventListener("submit", async (event) => {
  event.preventDefault();
  root.classList.add("left");
  document.activeElement?.blur();
  const saves = [];
  document.dispatchEvent(new CustomEvent("leaving", { detail: saves }));
  await Promise.race([Promise.allSettled(saves), new Promise((done) => { setTimeout(done, 1500); })]);
  exit.submit();
});

let unattended = 0;
const attend = () => {
  root.classList.remove("unattended");
  clearTimeout(unattended);
  unattended = setTimeout(() => root.classList.add("unattended"), 180_000);
};
if (exit) {
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart", "scroll"]) {
    addEventListener(kind, attend, { passive: true });
  }
  attend();
}

const offline = document.getElementById("offline");
const tell = () => { if (offline) offline.hidden = navigator.onLine; };
addEventListener("online", tell);
addEventListener("offline", tell);
tell();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  });
});

// Emergency access: the minutes that are left.
const left = document.querySelector("[data-until]");
if (left) {
  setInterval(() => {
    const minutes = Math.ceil((new Date(left.dataset.until) - Date.now()) / 60_000);
    const { one, many, over } = left.dataset;
    left.textContent = minutes < 1 ? over : minutes === 1 ? one : many.replace("#", minutes);
  }, 10_000);
}

document.getElementById("error-summary")?.focus();
