"use strict";
(() => {
  const search = document.getElementById("search");
  if (!search) return;
  const boxes = [...document.querySelectorAll('input[name="action"]')];
  const changes = [...document.querySelectorAll(".change")].map((node) => ({
    node, action: node.dataset.action, text: node.textContent.toLowerCase(),
  }));
  const kinds = [...document.querySelectorAll(".kind")];
  const count = document.getElementById("count");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const actions = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const { node, action, text } of changes) {
      const fits = actions.has(action) && words.every((word) => text.includes(word));
      node.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    for (const kind of kinds) kind.hidden = !kind.querySelector(".change:not([hidden])");
    count.textContent = shown.toLocaleString("en") + " shown";
  };
  const all = (open) => {
    for (const { node } of changes) if (!node.hidden) node.open = open;
  };
  search.addEventListener("input", filter);
  for (const box of boxes) box.addEventListener("change", filter);
  search.form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("open").addEventListener("click", () => all(true));
  document.getElementById("close").addEventListener("click", () => all(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });
  filter();
})();
