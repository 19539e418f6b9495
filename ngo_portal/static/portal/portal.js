// What every page does: quick exit by keyboard, a word when the connection is lost,
// one press of a button sends a form once.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === "x") {
    event.preventDefault();
    document.getElementById("quick-exit")?.requestSubmit();
  }
});

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
