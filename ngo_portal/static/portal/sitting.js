// A session ends when nobody is there: warn before, sign in again in place, keep what was typed.
// Every word comes from the page; without this script the server keeps the form that is sent.
const box = document.getElementById("sitting");
const { idle, warn, owner, still, door, offline: unreachable } = box.dataset;
const fragment = box.querySelector("[data-fragment]");
const others = new BroadcastChannel("sitting");
const SIGNS = ["keydown", "pointerdown", "input", "scroll"];
const EVERY = 60_000;
let noted = Date.now(); // when the server last noted somebody
let wasThere = false; // a sign since then

const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
const show = (part) => box.querySelectorAll("[data-part]").forEach((each) => { each.hidden = each.dataset.part !== part; });
const problem = (text) => { const place = box.querySelector(":scope > .problem"); place.textContent = text; place.hidden = !text; };
const isDoor = () => box.open && !fragment.parentElement.hidden;

function noteHere() {
  noted = Date.now();
  wasThere = false;
}

async function tellServer() {
  wasThere = false;
  try {
    const answer = await fetch(still, { method: "POST", headers: { "X-CSRFToken": csrf() } });
    if (answer.status === 204) {
      noteHere();
      others.postMessage("here");
      if (!isDoor()) box.close();
    } else openDoor();
  } catch {
    wasThere = true;
  }
}

async function openDoor() {
  if (isDoor()) return;
  show("door");
  box.classList.add("closed");
  if (!box.open) box.showModal();
  await enter(() => fetch(door));
}

// One step of signing in, inside the dialog: a form, the next form, or the portal itself.
async function enter(ask) {
  problem("");
  let answer;
  try { answer = await ask(); } catch { problem(unreachable); return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const inside = page.getElementById("sitting")?.dataset.owner;
  if (inside) { welcome(inside, page); return; }
  const form = page.querySelector(".entrance");
  if (!form) { problem(unreachable); return; }
  form.querySelectorAll(".page-head, .demo-accounts").forEach((each) => each.remove());
  form.querySelectorAll("a").forEach((link) => { link.target = "_blank"; });
  fragment.replaceChildren(...form.childNodes);
  fragment.querySelector("input:not([type=hidden])")?.focus();
}

function welcome(who, page) {
  if (who !== owner) { location.assign("/"); return; } // somebody else: nothing of this page is theirs
  const token = page.querySelector("[name=csrfmiddlewaretoken]").value;
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((input) => { input.value = token; });
  fragment.replaceChildren();
  box.classList.remove("closed");
  box.close();
  noteHere();
  others.postMessage("here");
}

function tick() {
  if (isDoor()) return;
  const left = Number(idle) * 1000 - (Date.now() - noted);
  if (left <= 0) { openDoor(); return; }
  if (wasThere && !box.open && Date.now() - noted > EVERY) { tellServer(); return; }
  if (left > Number(warn) * 1000) return;
  const seconds = Math.ceil(left / 1000);
  box.querySelector("output").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (!box.open) { show("warning"); box.showModal(); }
}

SIGNS.forEach((sign) => addEventListener(sign, () => { wasThere = true; }, { passive: true, capture: true }));
box.querySelector("[data-stay]").addEventListener("click", tellServer);
box.addEventListener("cancel", (event) => { event.preventDefault(); if (!isDoor()) tellServer(); });
box.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopPropagation();
  const form = event.target;
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  enter(() => fetch(form.action, { method: "POST", body: fields }));
});
document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status === 401) openDoor(); });
others.addEventListener("message", () => {
  noteHere();
  if (isDoor()) enter(() => fetch(door));
  else box.close();
});
setInterval(tick, 1000);
