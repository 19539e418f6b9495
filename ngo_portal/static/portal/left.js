// A form that was left in haste: its page opens again, and what was typed is written into it there.
// The tab hands it over, and forgets it at once; nothing of it stands in an address.
const waiting = document.getElementById("waiting-form");
waiting.addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = [...new FormData(waiting)];
  sessionStorage.setItem("left", JSON.stringify({ form: waiting.dataset.form, fields }));
  location.assign(waiting.getAttribute("action"));
});
