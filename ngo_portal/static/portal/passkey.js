// A button inside a form with data-passkey makes ("create") or uses ("get") a passkey, puts what
// the browser answers into the form and sends it. All texts stand in the page.
const speak = (form, text) => {
  const problem = form.querySelector(".problem");
  problem.textContent = text;
  problem.hidden = !text;
};

const optionsOf = async (form) => {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.ask, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options;
};

const make = async (options) => {
  // A passkey: found without a name typed first, and opened by finger, face or PIN.
  options.publicKey.authenticatorSelection = {
    ...options.publicKey.authenticatorSelection,
    residentKey: "required", requireResidentKey: true, userVerification: "required",
  };
  return webauthnJSON.create(options);
};

document.addEventListener("click", async (event) => {
  const form = event.target.closest("button[type=button]")?.closest("form[data-passkey]");
  if (!form) return;
  if (!form.reportValidity()) return;
  speak(form, "");
  try {
    const options = await optionsOf(form);
    const answer = await (form.dataset.passkey === "create" ? make(options) : webauthnJSON.get(options));
    form.elements.credential.value = JSON.stringify(answer);
    form.requestSubmit();
  } catch {
    speak(form, form.dataset.failed);
  }
});

const reveal = (root) => root.querySelectorAll("form[data-passkey][hidden]").forEach((form) => {
  form.hidden = !window.PublicKeyCredential;
});
reveal(document);
new MutationObserver(() => reveal(document)).observe(document.body, { childList: true, subtree: true });
