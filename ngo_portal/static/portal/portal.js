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
  takeAlong();
  exit.submit();
});

// The form in which somebody is typing, or that was refused, goes along: it waits for their next
// sign-in. Grids and tally sheets save by themselves, but for a sheet that the server does not take;
// files and passwords stay behind.
let typed = null;
document.addEventListener("input", (event) => {
  const form = event.target.closest("main form[method=post]");
  if (form && !form.matches("#entry, [data-tally], [hx-post]")) typed = form;
});
function unsent() {
  const form = document.querySelector("form[data-unsent]") ?? typed ?? document.querySelector("main form[method=post]:not(#entry, [data-tally], [hx-post]):has(.has-error)");
  if (!form?.isConnected || form.dataset.sent || form.querySelector("[type=password]")) return null;
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return { form: new URL(form.action).pathname, fields };
}
function takeAlong() {
  const kept = unsent();
  if (!kept) return;
  const isSheet = document.querySelector("form[data-unsent]"); // at its day's address: today is another one tomorrow
  const left = {
    left_page: isSheet ? kept.form : location.pathname + location.search,
    left_form: kept.form,
    left: new URLSearchParams(kept.fields).toString(),
  };
  for (const [name, value] of Object.entries(left)) {
    exit.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
}
// The same page in the other language has it too.
document.getElementById("language-next")?.form.addEventListener("submit", () => {
  const kept = unsent();
  if (kept) sessionStorage.setItem("left", JSON.stringify(kept));
});
// And comes back into the same form, once its page is open again.
function bringBack() {
  const kept = JSON.parse(sessionStorage.getItem("left") || "null");
  const form = kept && [...document.querySelectorAll("main form[method=post]")].find((one) => new URL(one.action).pathname === kept.form);
  if (!form) return;
  sessionStorage.removeItem("left");
  for (const field of form.elements) {
    if (!field.name || ["password", "file", "submit"].includes(field.type)) continue;
    if (field.type === "hidden" && field.name !== "revision") continue; // what it was typed over comes back too
    const values = kept.fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
    else if (field.type === "select-multiple") for (const one of field.options) one.selected = values.includes(one.value);
    else if (values.length) [field.value] = values;
  }
  typed = form;
}
bringBack();

// On a phone the menu is wider than the screen: where one is stands in sight.
const here = document.querySelector(".portal-nav [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;

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

// A file that is too heavy is said to be so before it is sent over a poor network.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches("input[type=file][data-most]")) return;
  input.parentElement.querySelector(".too-heavy")?.remove();
  input.removeAttribute("aria-invalid");
  if (!(input.files[0]?.size > Number(input.dataset.most))) return;
  input.value = "";
  input.setAttribute("aria-invalid", "true");
  const told = Object.assign(document.createElement("div"), { className: "field-errors too-heavy", role: "alert" });
  told.append(Object.assign(document.createElement("p"), { textContent: input.dataset.tooHeavy }));
  input.before(told);
});

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
