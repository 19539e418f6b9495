// Tally sheets: steps of one, live totals, and a draft of the numbers (only numbers) on the
// device until the server has them, so that a lost connection loses nothing.
(() => {
  const PREFIX = "tally:";
  const THIN_SPACE = "\u202f";
  const RETRY = 20_000;

  const store = {
    read(path) {
      try { return JSON.parse(localStorage.getItem(PREFIX + path)); } catch { return null; }
    },
    write(path, draft) {
      try { localStorage.setItem(PREFIX + path, JSON.stringify(draft)); } catch { /* full or refused */ }
    },
    drop(path) {
      try { localStorage.removeItem(PREFIX + path); } catch { /* refused */ }
    },
    paths() {
      try {
        return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
      } catch { return []; }
    },
  };

  const number = (input) => Number.parseInt(input.value.replace(/\s/g, ""), 10) || 0;
  const isWhole = (input, most) => /^[\d\s]*$/.test(input.value) && number(input) <= most;
  const written = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);

  function sheet(form) {
    const path = new URL(form.action).pathname;
    const inputs = [...form.querySelectorAll(".tally-number")];
    const numbers = () => Object.fromEntries(inputs.filter((one) => one.value).map((one) => [one.name, one.value]));
    const started = JSON.stringify(Object.fromEntries(inputs.filter((one) => one.defaultValue).map((one) => [one.name, one.defaultValue])));
    const isTyped = () => JSON.stringify(numbers()) !== started;
    // What the server would refuse is in no total.
    const counted = (input) => (isWhole(input, Number(form.dataset.most)) ? number(input) : 0);
    const sum = (root) => [...root.querySelectorAll(".tally-number")].reduce((total, input) => total + counted(input), 0);
    let timer = 0;
    let isSending = false;
    let isWaiting = false;

    function say(state) {
      form.querySelectorAll("[data-state]").forEach((one) => { one.hidden = one.dataset.state !== state; });
    }
    function total() {
      form.querySelectorAll(".tally-section").forEach((section) => {
        section.querySelector("[data-total]").textContent = written(sum(section));
        section.querySelectorAll(".tally-group").forEach((group) => {
          const output = group.querySelector("[data-subtotal]");
          if (output) output.textContent = written(sum(group));
        });
      });
      inputs.forEach((one) => one.classList.toggle("has-some", number(one) > 0));
    }
    function keep(extra = {}) {
      const { label, place } = form.dataset;
      store.write(path, { revision: form.elements.revision.value, numbers: numbers(), label, place, ...extra });
    }
    function typed() {
      total();
      keep();
      say("kept");
    }
    function bringBack() {
      if (form.hasAttribute("data-refused")) { // what stands in the fields is nowhere else
        keep();
        say("kept");
        return;
      }
      const draft = store.read(path);
      if (!draft) {
        if (isTyped()) typed(); // while this script was still on its way
        return;
      }
      const isSaved = draft.sent && Number(form.elements.revision.value) > Number(draft.revision);
      if (isSaved || JSON.stringify(draft.numbers) === started) { store.drop(path); return; }
      inputs.filter((one) => one.value === one.defaultValue).forEach((one) => { one.value = draft.numbers[one.name] ?? ""; });
      form.elements.revision.value = draft.revision;
      form.querySelectorAll("details").forEach((one) => { one.open = sum(one) > 0; });
      form.querySelector("[data-restored]").hidden = false;
      say("kept");
    }
    async function send() {
      if (isSending) return;
      isSending = true;
      isWaiting = false;
      clearTimeout(timer);
      say("sending");
      try {
        const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
        if (answer.type === "opaqueredirect") {
          keep({ sent: true });
          location.assign(form.dataset.done);
        } else if (answer.ok) {
          show(await answer.text(), inputs);
        } else {
          wait();
        }
      } catch {
        wait();
      }
    }
    function wait() {
      say("waiting");
      isSending = false;
      isWaiting = true;
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
      timer = setTimeout(again, RETRY);
    }
    function again() {
      if (isWaiting && form.isConnected) send();
    }

    total();
    if (form.hasAttribute("data-closed")) {
      inputs.forEach((one) => { one.readOnly = true; });
      return;
    }
    bringBack();
    total();
    form.querySelectorAll("[data-step]").forEach((button) => { button.hidden = false; });
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-step]");
      if (button) step(button.parentElement.querySelector(".tally-number"), Number(button.dataset.step));
      if (event.target.closest("[data-discard]")) { store.drop(path); location.reload(); }
    });
    form.addEventListener("input", (event) => { if (event.target.matches(".tally-number")) typed(); });
    form.addEventListener("focusin", (event) => { if (event.target.matches(".tally-number")) event.target.select(); });
    form.addEventListener("keydown", (event) => {
      if (!event.target.matches(".tally-number")) return;
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (by) { event.preventDefault(); step(event.target, by); }
      if (event.key === "Enter") {
        event.preventDefault();
        (inputs[inputs.indexOf(event.target) + 1] ?? form.querySelector(".tally-save")).focus();
      }
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    addEventListener("online", again);
    document.addEventListener("leaving", (event) => {
      if (!form.isConnected || !(isTyped() || form.hasAttribute("data-refused"))) return;
      form.dataset.unsent = ""; // until the server has it, it goes along with whoever leaves
      delete form.dataset.sent;
      if (!isTyped()) return;
      const options = { method: "POST", body: new FormData(form), redirect: "manual", keepalive: true };
      event.detail.push(fetch(form.action, options).then((answer) => {
        if (answer.type === "opaqueredirect") delete form.dataset.unsent;
      }));
    });

    function step(input, by) {
      input.value = Math.max(0, number(input) + by) || "";
      typed();
    }
  }

  // The server's answer in place of the form, when it has something to say about it, with what
  // was typed while it was on its way.
  function show(html, inputs) {
    const page = new DOMParser().parseFromString(html, "text/html").querySelector("main");
    inputs.forEach(({ name, value }) => {
      const field = page.querySelector(`[name="${name}"]`);
      if (field) field.value = value;
    });
    document.querySelector("main").replaceWith(page);
    begin();
    document.getElementById("error-summary")?.focus();
  }

  // On the lists: forget the drafts that the server has, name the others.
  function waiting(notice) {
    store.paths().forEach((path) => {
      const draft = store.read(path);
      const row = [...document.querySelectorAll("[data-sheet]")].find((one) => one.dataset.sheet === path);
      if (draft?.sent && row && Number(row.dataset.revision) > Number(draft.revision)) { store.drop(path); return; }
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = path;
      link.textContent = `${draft?.label ?? ""} · ${draft?.place ?? ""}`;
      item.append(link);
      notice.querySelector("ul").append(item);
      notice.hidden = false;
    });
  }

  function begin() {
    document.querySelectorAll("form[data-tally]").forEach(sheet);
    document.querySelectorAll("#tally-waiting").forEach(waiting);
  }
  begin();
})();
