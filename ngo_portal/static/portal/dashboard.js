// Shows the fields that a choice needs, and those alone (without this script they all show).
const follow = () => {
  document.querySelectorAll("select[data-shows]").forEach((select) => {
    const place = document.getElementById(select.dataset.shows);
    if (place) place.hidden = place.disabled = select.value !== select.dataset.when;
  });
};
document.addEventListener("change", follow);
document.addEventListener("htmx:load", follow);
follow();

// Months are typed part by part, and each part changes them: they are sent once one has left them by
// Tab or for nothing else (Enter and the button send them too). What one leaves them for by a press
// says itself whether they are sent, and must not move away under the finger.
let byTab = false;
document.addEventListener("keydown", ({ key }) => { byTab = key === "Tab"; }, true);
document.addEventListener("pointerdown", () => { byTab = false; }, true);
document.addEventListener("focusout", ({ target, relatedTarget: next }) => {
  const months = target.closest(".months");
  // A window that goes behind another one takes the focus from the page, and gives it back.
  if (!months || [next, document.activeElement].some((one) => months.contains(one))) return;
  const isTyped = [...months.querySelectorAll("input")].some((one) => one.value !== one.defaultValue);
  if (isTyped && (byTab || !next)) htmx.trigger(target.form, "months");
});
// An answer on its way would take what is being typed.
document.addEventListener("input", ({ target }) => {
  if (target.closest(".months")) htmx.trigger(target.form, "htmx:abort");
});
// A browser keeps half a month to itself: sent as if empty, it would pass for one left out.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.elt.querySelectorAll?.(".months :invalid").forEach((one) => { detail.parameters[one.name] = "…"; });
});

// Where the months are wider than the screen, the last ones show first.
const newest = (within) => {
  within.querySelectorAll('.trend [role="img"]').forEach((chart) => { chart.scrollLeft = chart.scrollWidth; });
};
document.addEventListener("htmx:load", (event) => newest(event.detail.elt.parentElement ?? document));
newest(document);
