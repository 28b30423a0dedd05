// What the page can do beyond being read: look closer at the map, filter and order the findings, open what is folded.
// Without it nothing is missing.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);

  // The map: closer and farther about its middle, moved by keys or by dragging.
  const map = byId("map");
  const bar = byId("map-controls");
  if (map && bar) {
    const [, , width, height] = map.getAttribute("viewBox").split(" ").map(Number);
    const zooms = bar.dataset.zooms.split(" ").map(Number);
    const most = zooms[zooms.length - 1] * 4;
    const glyphs = [...map.querySelectorAll(".gl")].map((glyph) => [
      glyph,
      glyph.getAttribute("transform").replace(/ scale.*/, ""),
    ]);
    const hatches = [...map.querySelectorAll("pattern")].map((one) => [one, one.getAttribute("patternTransform")]);
    const head = map.querySelector("marker");
    const headSize = head ? Number(head.getAttribute("markerWidth")) : 0;
    const still = map.querySelector(".bar-and-arrow");
    let zoom = 1, x = 0, y = 0;
    const draw = () => {
      zoom = Math.min(most, Math.max(1, zoom));
      x = Math.min(width - width / zoom, Math.max(0, x));
      y = Math.min(height - height / zoom, Math.max(0, y));
      map.setAttribute("viewBox", `${x} ${y} ${width / zoom} ${height / zoom}`);
      const level = zooms.filter((one) => one <= zoom + 1e-9).pop();
      for (const one of zooms) map.classList.toggle(`at-${one}`, one === level && one > 1);
      for (const [glyph, at] of glyphs) glyph.setAttribute("transform", `${at} scale(${1 / zoom})`);
      for (const [hatch, turn] of hatches) hatch.setAttribute("patternTransform", `${turn} scale(${1 / zoom})`);
      for (const side of ["markerWidth", "markerHeight"]) head?.setAttribute(side, headSize / zoom);
      // The bar keeps its length on the screen, so it is worth less ground.
      still.setAttribute("transform", `translate(${x} ${y}) scale(${1 / zoom})`);
      const words = still.querySelector("text");
      words.dataset.metres ||= words.textContent.endsWith("km") ? parseFloat(words.textContent) * 1000 : parseFloat(words.textContent);
      const metres = words.dataset.metres / zoom;
      words.textContent = metres >= 1000 ? `${+(metres / 1000).toPrecision(3)} km` : `${+metres.toPrecision(3)} m`;
    };
    const closer = (factor) => {
      const mx = x + width / zoom / 2, my = y + height / zoom / 2;
      zoom = Math.min(most, Math.max(1, zoom * factor));
      x = mx - width / zoom / 2;
      y = my - height / zoom / 2;
      draw();
    };
    const acts = { closer: () => closer(2), farther: () => closer(0.5), whole: () => { zoom = 1; draw(); } };
    bar.addEventListener("click", (event) => acts[event.target.dataset.map]?.());
    const keys = {
      "+": acts.closer, "=": acts.closer, "-": acts.farther, "0": acts.whole,
      ArrowLeft: () => { x -= width / zoom / 5; }, ArrowRight: () => { x += width / zoom / 5; },
      ArrowUp: () => { y -= height / zoom / 5; }, ArrowDown: () => { y += height / zoom / 5; },
    };
    map.parentElement.addEventListener("keydown", (event) => {
      if (!keys[event.key] || event.ctrlKey || event.metaKey || (zoom === 1 && event.key.startsWith("Arrow"))) return;
      keys[event.key]();
      draw();
      event.preventDefault();
    });
    let from = null;
    map.addEventListener("pointerdown", (event) => { if (zoom > 1) from = [event.clientX, event.clientY, x, y]; });
    map.addEventListener("pointermove", (event) => {
      if (!from || !event.buttons) { from = null; return; }
      const scale = width / zoom / map.getBoundingClientRect().width;
      x = from[2] - (event.clientX - from[0]) * scale;
      y = from[3] - (event.clientY - from[1]) * scale;
      draw();
    });
    map.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      closer(event.deltaY < 0 ? 1.25 : 0.8);
      event.preventDefault();
    }, { passive: false });
    addEventListener("beforeprint", acts.whole);
    bar.hidden = false;
  }

  // The findings.
  const table = byId("findings-table");
  const controls = byId("findings-controls");
  if (table && controls) {
    const bodies = [...table.tBodies];
    const search = byId("search"), only = byId("only"), order = byId("order"), shown = byId("shown");
    const filter = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const body of bodies) {
        const text = body.textContent.toLowerCase();
        body.hidden = (only.value && !body.classList.contains(only.value)) || !words.every((word) => text.includes(word));
        count += !body.hidden;
      }
      shown.value = `${count} / ${bodies.length} ${shown.dataset.words}`;
    };
    const sort = () => {
      const key = order.value;
      const sign = key === "robustness" || key === "events" ? -1 : 1;
      bodies.sort((a, b) => sign * (a.dataset[key] - b.dataset[key]) || a.dataset.no - b.dataset.no);
      table.append(...bodies);
    };
    search.addEventListener("input", filter);
    only.addEventListener("change", filter);
    order.addEventListener("change", sort);
    const fold = (open) => { for (const one of table.querySelectorAll("details")) one.open = open; };
    byId("open-all").addEventListener("click", () => fold(true));
    byId("close-all").addEventListener("click", () => fold(false));
    filter();
    controls.hidden = false;
  }

  // A link to an event opens what holds it; paper shows everything.
  const reveal = () => {
    const target = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
    for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();
  addEventListener("beforeprint", () => { for (const one of document.querySelectorAll("details")) one.open = true; });
})();
