// The two languages of a text as tabs. modeltranslation asks for jQuery UI's `tabs`; that widget
// nests a link in each tab, which screen readers trip over, so this answers in its place.
(() => {
  const choose = (tabs, index, moveFocus) => {
    const chosen = tabs[(index + tabs.length) % tabs.length];
    for (const tab of tabs) {
      const isChosen = tab === chosen;
      tab.setAttribute("aria-selected", isChosen);
      tab.tabIndex = isChosen ? 0 : -1;
      tab.parentElement.classList.toggle("ui-tabs-active", isChosen);
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
    }
    if (moveFocus) chosen.focus();
  };

  // A link of the error box to a field in the other language shows it first.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a");
    const panel = link && document.getElementById(link.hash.slice(1))?.closest("[role=tabpanel]");
    if (panel?.hidden) document.getElementById(panel.getAttribute("aria-labelledby")).click();
  });

  const build = (box, active) => {
    const list = box.querySelector("ul");
    const tabs = [...list.querySelectorAll("a")];
    box.classList.add("ui-tabs");
    list.classList.add("ui-tabs-nav");
    list.setAttribute("role", "tablist");
    tabs.forEach((tab, index) => {
      const panel = box.querySelector(tab.hash);
      const label = panel.querySelector("label");
      tab.textContent = tab.title;
      tab.removeAttribute("title");
      tab.id = `${panel.id}_button`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      tab.parentElement.setAttribute("role", "presentation");
      if (label) list.setAttribute("aria-label", label.textContent.trim());
      panel.classList.add("ui-tabs-panel");
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", (event) => { event.preventDefault(); choose(tabs, index); });
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) { event.preventDefault(); choose(tabs, index + step, true); }
      });
    });
    choose(tabs, active);
  };

  jQuery.fn.tabs = function (options) {
    if (typeof options === "object") this.each((_index, box) => build(box, options.active || 0));
    return this;
  };
})();
