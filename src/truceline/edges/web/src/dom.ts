// Elements made by hand: text is always text.
type Child = Node | string | null | false | undefined;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value as EventListener);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, String(value));
  }
  made.append(...children.filter((one): one is Node | string => one !== null && one !== undefined && one !== false));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

// The symbol of a class or a sensor within text.
export function symbol(path: string, colour: string): SVGElement {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("viewBox", "-9 -9 18 18");
  made.setAttribute("class", "i");
  made.setAttribute("aria-hidden", "true");
  const drawn = document.createElementNS(SVG, "path");
  drawn.setAttribute("d", path);
  drawn.setAttribute("class", colour);
  made.append(drawn);
  return made;
}

export function bar(share: number): HTMLElement {
  return el("span", { class: "bar", "aria-hidden": "true" }, el("i", { class: `b${Math.min(100, Math.max(0, Math.round(100 * share)))}` }));
}

export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

// Do it soon, but not more often than the eye can follow.
export function seldom(ms: number, work: () => void): () => void {
  let waiting = false, last = 0;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => { waiting = false; last = performance.now(); work(); }, Math.max(0, last + ms - performance.now()));
  };
}
