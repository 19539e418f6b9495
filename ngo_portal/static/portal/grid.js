// The page of a month: moves by keyboard, live totals, each cell saved as it is left.
// What cannot be sent waits in the tab's own storage, and goes when the connection is back.
// Every word comes from the page.
const form = document.getElementById("entry");
const words = form.dataset;
const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value; // another one after signing in again
const bar = document.querySelector(".cell-bar");
const said = document.getElementById("cell-said");
const panel = document.getElementById("checks");
const dialog = document.getElementById("cell-dialog");
const offline = document.getElementById("offline");
const storeKey = `count-report-${words.report}`;
const waiting = new Map(Object.entries(JSON.parse(sessionStorage.getItem(storeKey) || "{}")));
let sending = false;
let current = null;
let checkLater = 0;

document.documentElement.classList.add("scripted");

const cells = () => [...form.querySelectorAll(".count-grid input[inputmode]")];
const ids = (input) => input.id.replace("cell-", "").split("-");
const nameOf = (input) => input.getAttribute("aria-labelledby").split(" ").map((id) => document.getElementById(id)?.textContent.trim()).join(" · ");
// French leaves a space before the colon.
const about = (input, text) => words.about.replace("[cell]", () => nameOf(input)).replace("[text]", () => text);

// --- totals ---
function number(text) {
  const digits = text.replace(/\s/gu, "");
  return /^\d+$/u.test(digits) && Number(digits) <= Number(words.most) ? Number(digits) : null;
}

function total(row) {
  const output = row.querySelector("output");
  if (!output) return; // not broken down: its one cell is the total
  const numbers = [...row.querySelectorAll("input[inputmode]")].map((input) => number(input.value)).filter((n) => n !== null);
  const sum = numbers.reduce((a, b) => a + b, 0);
  output.textContent = numbers.length ? String(sum).replace(/\B(?=(\d{3})+$)/g, "\u202f") : "";
}

// --- what a cell says about itself ---
function state(input, name, text = "") {
  const cell = input.closest("td");
  cell.classList.remove("saving", "saved", "invalid", "stale", "waiting");
  if (name) cell.classList.add(name);
  const wrong = name === "invalid" || name === "stale";
  input.toggleAttribute("aria-invalid", wrong);
  if (wrong) input.setAttribute("aria-invalid", "true");
  input.title = wrong || name === "waiting" ? text : "";
  tell(text && input !== current ? about(input, text) : text, wrong);
}

function tell(text, wrong = false) {
  said.textContent = text;
  said.classList.toggle("error", wrong);
}

// --- saving ---
function store() {
  if (waiting.size) sessionStorage.setItem(storeKey, JSON.stringify(Object.fromEntries(waiting)));
  else sessionStorage.removeItem(storeKey);
}

async function post(url, fields) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "X-CSRFToken": token(), Accept: "application/json" },
    body: new URLSearchParams(fields),
    keepalive: true, // it arrives even when the page is left meanwhile
  });
  if (answer.redirected) return { status: 401, error: words.signedOut };
  const isJson = answer.headers.get("Content-Type")?.includes("json");
  return { status: answer.status, ...(isJson ? await answer.json() : { error: answer.status >= 500 ? words.waiting : words.refused }) };
}

function queue(input) {
  waiting.set(input.id, { text: input.value, revision: input.dataset.revision });
  state(input, "saving", words.saving);
  store();
  send();
}

async function send() {
  if (sending) return;
  sending = true;
  try {
    while (waiting.size) {
      const [id, typed] = waiting.entries().next().value;
      const input = document.getElementById(id);
      if (!input) { waiting.delete(id); continue; }
      const [indicator, cell] = ids(input);
      const answer = await post(words.save, { indicator, cell, value: typed.text, revision: typed.revision });
      if (answer.status === 401 || answer.status >= 500) { wait(answer.error); break; }
      if (waiting.get(id) === typed) waiting.delete(id);
      settle(input, typed.text, answer);
    }
    if (!waiting.size && offline) offline.hidden = navigator.onLine;
  } catch {
    wait(words.waiting);
    if (offline) offline.hidden = false;
  } finally {
    sending = false;
    store();
  }
}

// Once nothing waits any more, or it turns out that it must.
async function sent() {
  while (sending) await new Promise((done) => { setTimeout(done, 30); });
}

function wait(text) {
  for (const id of waiting.keys()) state(document.getElementById(id), "waiting", text);
  setTimeout(send, 5000);
}

function revise(input, answer) {
  if (answer.revision === undefined) return;
  input.dataset.revision = answer.revision;
  input.nextElementSibling.value = answer.revision;
  const typed = waiting.get(input.id);
  if (typed) typed.revision = answer.revision;
}

function settle(input, text, answer) {
  if (answer.status === 409) { conflict(input, answer); return; }
  if (answer.error) { state(input, "invalid", answer.error); return; }
  revise(input, answer);
  if (input.value === text && input !== document.activeElement) input.value = answer.value;
  input.dataset.was = answer.value;
  state(input, "saved", answer.saved);
  document.getElementById("saved").textContent = answer.saved;
  total(input.closest("tr"));
  check();
}

function conflict(input, answer) {
  const item = document.getElementById("conflict").content.cloneNode(true).firstElementChild;
  item.querySelector(".what").textContent = about(input, answer.error);
  item.querySelector(".mine b").textContent = input.value || "–";
  item.querySelector(".theirs b").textContent = answer.value || "–";
  item.querySelector(".mine").addEventListener("click", () => { revise(input, answer); item.remove(); queue(input); input.focus(); });
  item.querySelector(".theirs").addEventListener("click", () => {
    revise(input, answer);
    input.value = answer.value;
    item.remove();
    settle(input, answer.value, { ...answer, status: 200, error: "", saved: "" });
    input.focus();
  });
  document.getElementById("conflicts").append(item);
  state(input, "stale", answer.error);
}

// The list of what is to mend follows, unless somebody is writing in it.
function check() {
  clearTimeout(checkLater);
  checkLater = setTimeout(async () => {
    if (panel.contains(document.activeElement) || panel.querySelector("[aria-invalid]")) { check(); return; }
    const answer = await fetch(panel.dataset.checks, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || answer.redirected || panel.contains(document.activeElement)) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const flag of fresh.querySelectorAll("[data-flag]")) {
      document.getElementById(flag.dataset.flag)?.replaceChildren(...flag.childNodes);
      flag.remove();
    }
    panel.replaceChildren(...fresh.body.childNodes);
  }, 700);
}

const texts = new Set();

async function saveText(area) {
  const answer = await post(area.dataset.save, { text: area.value, revision: area.dataset.revision || 0 }).catch(() => ({ error: words.waiting }));
  if (answer.revision !== undefined && !answer.error) area.dataset.revision = answer.revision;
  if (answer.status === 409) area.dataset.revision = answer.revision;
  const hidden = area.nextElementSibling;
  if (hidden?.type === "hidden" && answer.revision !== undefined) hidden.value = answer.revision;
  area.parentElement.querySelector(".text-told").textContent = answer.error ?? "";
  area.toggleAttribute("aria-invalid", Boolean(answer.error));
  if (answer.error) { area.setAttribute("aria-invalid", "true"); return; }
  document.getElementById("saved").textContent = answer.saved;
  check();
}

form.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("textarea[data-save]")) {
    const saving = saveText(field).finally(() => texts.delete(saving));
    texts.add(saving);
  }
  else if (field.matches(".count-grid input[inputmode]") && !field.readOnly) queue(field);
});
form.addEventListener("input", (event) => {
  if (event.target.matches(".count-grid input[inputmode]")) total(event.target.closest("tr"));
});

// --- rows: all empty cells at once ---
form.addEventListener("click", async (event) => {
  const button = event.target.closest("button[name=mark]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("tr");
  const answer = await post(button.formAction, { mark: button.value }).catch(() => ({ error: words.waiting }));
  if (answer.error) { tell(answer.error, true); return; }
  for (const input of row.querySelectorAll("input[inputmode]")) {
    const found = answer.cells[ids(input)[1]];
    if (!found || waiting.has(input.id)) continue;
    if (input.value !== found.value) state(input, "saved", answer.saved);
    input.value = found.value;
    revise(input, found);
  }
  total(row);
  button.closest("details").open = false;
  document.getElementById("saved").textContent = answer.saved;
  check();
});

// All of a menu that opens is in sight; the last row's too.
form.addEventListener("toggle", (event) => {
  if (event.target.matches(".row-menu[open]")) event.target.querySelector(".row-actions").scrollIntoView({ block: "nearest" });
}, true);

// --- moving ---
function neighbour(input, down, along) {
  const rows = [...form.querySelectorAll(".count-grid tbody tr")]; // from one table to the next too
  const row = input.closest("tr");
  const line = [...row.querySelectorAll("input[inputmode]")];
  if (along) return line[line.indexOf(input) + along];
  const other = [...(rows[rows.indexOf(row) + down]?.querySelectorAll("input[inputmode]") ?? [])];
  return other[line.indexOf(input)] ?? other.at(-1);
}

function step(event) {
  const input = event.target;
  const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
  const atStart = all || input.selectionEnd === 0;
  const atEnd = all || input.selectionStart === input.value.length;
  switch (event.key) {
    case "ArrowUp": return neighbour(input, -1, 0);
    case "ArrowDown": case "Enter": return neighbour(input, event.shiftKey ? -1 : 1, 0) || input;
    case "ArrowLeft": return atStart && neighbour(input, 0, -1);
    case "ArrowRight": return atEnd && neighbour(input, 0, 1);
    default: return null;
  }
}

form.addEventListener("keydown", (event) => {
  const input = event.target;
  const menu = event.key === "Escape" && input.closest(".row-menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  if (!input.matches(".count-grid input[inputmode]") || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") {
    const was = input.dataset.was ?? input.defaultValue;
    const isKept = !sending && waiting.delete(input.id);
    if (isKept) store();
    if (isKept || (input.value !== was && input.closest("td").matches(".invalid"))) state(input, "");
    input.value = was;
    total(input.closest("tr"));
    input.select();
    event.preventDefault();
  } else if (event.key === "F2") {
    event.preventDefault();
    openCell(input);
  } else {
    const next = step(event);
    if (event.key === "Enter") event.preventDefault();
    if (!next) return;
    event.preventDefault();
    if (next === input) input.blur();
    next.focus();
  }
});

form.addEventListener("focusin", (event) => {
  const input = event.target;
  if (!input.matches(".count-grid input[inputmode]")) return;
  current = input;
  input.dataset.was ??= input.value;
  if (!waiting.has(input.id) && !input.closest("td").matches(".invalid, .stale")) input.dataset.was = input.value;
  input.select();
  bar.hidden = false;
  document.getElementById("cell-name").textContent = nameOf(input);
  tell(input.title, input.hasAttribute("aria-invalid"));
});

// --- comment, history, paste: in a dialog, read from the server ---
async function show(url, options = {}) {
  const answer = await fetch(url, { ...options, headers: { "HX-Request": "true", "X-CSRFToken": token() } }).catch(() => null);
  if (!answer?.ok || answer.redirected) { tell(answer ? words.signedOut : words.waiting, true); return; }
  dialog.innerHTML = await answer.text();
  if (!dialog.open) dialog.showModal();
}

async function openCell(input) {
  input.blur();
  await sent(); // it shows the number that was just typed
  await show(`${input.closest("tr").querySelector(".row-actions a").href}${ids(input)[1]}/`);
}
document.getElementById("cell-open").addEventListener("click", () => current && openCell(current));
dialog.addEventListener("close", () => current?.focus());
dialog.addEventListener("click", (event) => {
  const isTyped = [...dialog.querySelectorAll("textarea")].some((one) => one.value !== one.defaultValue);
  if ((event.target === dialog && !isTyped) || event.target.closest(".close-dialog")) { event.preventDefault(); dialog.close(); }
});
dialog.addEventListener("submit", async (event) => {
  const sent = event.target;
  if (!sent.matches(".cell-form")) return;
  event.preventDefault();
  const fields = new FormData(sent);
  const mark = event.submitter?.name === "value";
  if (mark) fields.set("value", event.submitter.value);
  const answer = await post(sent.action, fields).catch(() => ({ error: words.waiting }));
  delete sent.dataset.sent;
  sent.removeAttribute("aria-busy");
  if (answer.revision !== undefined) {
    written(current, answer, mark);
    sent.elements.revision.value = answer.revision;
  }
  if (answer.status === 409 && answer.value) await openCell(current); // with their number
  if (answer.error) { refuse(answer.error, fields.get("comment")); return; }
  dialog.close();
  tell(answer.saved);
});

// What the cell says now, by a button of the dialog or because somebody else wrote in it.
function written(input, answer, mark) {
  revise(input, answer);
  input.closest("td").classList.toggle("commented", answer.commented);
  if (!mark && answer.status !== 409) return;
  waiting.delete(input.id);
  store();
  input.value = answer.value;
  settle(input, answer.value, { ...answer, status: 200, error: "", saved: answer.saved ?? "" });
}

function refuse(text, comment) {
  dialog.querySelector(".text-told").textContent = text;
  const area = dialog.querySelector("[name=comment]");
  if (area && comment !== null) area.value = comment;
}

form.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text/plain");
  if (!event.target.matches(".count-grid input[inputmode]") || !/[\t\n\r]/.test(text.replace(/[\r\n]+$/, ""))) return;
  event.preventDefault();
  const start = event.target.id.replace("cell-", "");
  show(words.paste, { method: "POST", body: new URLSearchParams({ start, text }) });
});

// --- leaving and coming back ---
form.addEventListener("submit", store);
addEventListener("online", send);
document.addEventListener("leaving", (event) => { event.detail.push(...texts, sent()); });
addEventListener("beforeunload", (event) => { if (!document.documentElement.matches(".left") && waiting.size > (sending ? 1 : 0) && !form.dataset.sent) event.preventDefault(); });
// A number that was kept meanwhile is sent with the revision it was typed over: the server compares.
for (const [id, typed] of waiting) {
  const input = document.getElementById(id);
  if (input && input.value !== typed.text) input.value = typed.text; else waiting.delete(id);
}
store();
cells().forEach((input) => { input.dataset.was = input.defaultValue; });
form.querySelectorAll(".count-grid tbody tr").forEach(total);
// What was typed and left while this script was still on its way.
cells().filter((input) => input.value !== input.defaultValue && !waiting.has(input.id) && input !== document.activeElement).forEach(queue);
if (waiting.size) send();
