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

// Where the months are wider than the screen, the last ones show first.
const newest = (within) => {
  within.querySelectorAll('.trend [role="img"]').forEach((chart) => { chart.scrollLeft = chart.scrollWidth; });
};
document.addEventListener("htmx:load", (event) => newest(event.detail.elt.parentElement ?? document));
newest(document);
