// A form that was left in haste: its page opens again, and what was typed is written into it there.
// The tab hands it over, and forgets it at once. The fields stand in no form: nothing sends them,
// so nothing of them can come into an address.
const waiting = document.getElementById("waiting-form");
waiting.querySelector("a.btn-primary").addEventListener("click", () => {
  const fields = [...waiting.querySelectorAll("input")].map(({ name, value }) => [name, value]);
  sessionStorage.setItem("left", JSON.stringify({ form: waiting.dataset.form, fields }));
});
