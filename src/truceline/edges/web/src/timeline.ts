// What happened when: a row for each kind of happening, findings above; a stretch of time is chosen by dragging.
import { clock, dayClock } from "./figures";
import { colour, el } from "./dom";
import type { Store } from "./store";
import { say } from "./words";

const LEFT = 34, TOP = 20, FOOT = 6, FINDINGS = 14;
const HOUR = 3_600_000;
const STEPS_MIN = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 14400];
const LANES = ["launch", "strike", "blast", "arms", "planned", "nature", "moving"];

export class Timeline {
  readonly sheet = el("canvas", { tabindex: 0, role: "img", "aria-label": say("timeline.label") });
  private readonly brush = this.sheet.getContext("2d");
  private dragged: { start: number; from: number } | null = null;
  span: number | null = null; // ms shown; null: all

  constructor(private readonly store: Store, private readonly symbols: Record<string, { path: string; colour: string }>) {
    new ResizeObserver(() => this.draw()).observe(this.sheet);
    this.sheet.addEventListener("pointerdown", (event) => this.down(event));
    this.sheet.addEventListener("pointermove", (event) => this.move(event));
    this.sheet.addEventListener("pointerup", (event) => this.up(event));
    this.sheet.addEventListener("keydown", (event) => this.key(event));
  }

  // The time shown, in ms: from, until.
  get window(): [number, number] {
    const { store } = this;
    const ordered = store.ordered;
    const now = Number.isNaN(store.mission_now) ? ordered.at(-1)?.at ?? 0 : store.mission_now;
    const first = Math.min(ordered[0]?.at ?? now - HOUR, now - HOUR / 4);
    const end = Math.max(now, ordered.at(-1)?.at ?? now);
    if (this.span !== null) {
      const last = Math.max(store.choice.until ?? end, (store.choice.from ?? end) + this.span);
      return [Math.min(last, end) - this.span, Math.min(last, end)];
    }
    const pad = (end - first) * 0.01;
    return [first - pad, end + pad];
  }

  draw(): void {
    const { brush, sheet, store } = this;
    if (!brush) return;
    const ratio = devicePixelRatio || 1, width = sheet.clientWidth, height = sheet.clientHeight;
    if (!width || !height) return;
    if (sheet.width !== Math.round(width * ratio) || sheet.height !== Math.round(height * ratio)) {
      sheet.width = Math.round(width * ratio);
      sheet.height = Math.round(height * ratio);
    }
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    brush.fillStyle = colour("sheet");
    brush.fillRect(0, 0, width, height);
    const [from, until] = this.window;
    const x = (at: number): number => LEFT + ((width - LEFT - 8) * (at - from)) / (until - from);
    this.ticks(brush, width, height, from, until, x);
    const lane = (height - TOP - FINDINGS - FOOT) / LANES.length;
    this.bars(brush, width, lane, from, until, x);
    this.findings(brush, x, from, until);
    const { choice, cursor } = store;
    if (choice.from !== null || choice.until !== null) this.chosen(brush, width, height, x(choice.from ?? from), x(choice.until ?? until));
    if (cursor !== null) {
      brush.fillStyle = colour("focus");
      brush.fillRect(x(cursor) - 1, 0, 2, height);
    }
  }

  private ticks(brush: CanvasRenderingContext2D, width: number, height: number, from: number, until: number, x: (at: number) => number): void {
    const most = Math.max(2, Math.floor((width - LEFT) / 90));
    const step = (STEPS_MIN.find((one) => (until - from) / (one * 60_000) <= most) ?? STEPS_MIN.at(-1)!) * 60_000;
    brush.font = "11px system-ui, sans-serif";
    brush.textAlign = "center";
    let day = "";
    for (let at = Math.ceil(from / step) * step; at <= until; at += step) {
      brush.fillStyle = colour("rule");
      brush.fillRect(Math.round(x(at)), TOP - 4, 1, height - TOP + 4);
      const text = dayClock(at), label = text.slice(0, 10) === day ? text.slice(11) : `${text.slice(5, 10)} ${text.slice(11)}`;
      day = text.slice(0, 10);
      brush.fillStyle = colour("quiet");
      if (x(at) > LEFT + 20 && x(at) < width - 20) brush.fillText(label, x(at), 12);
    }
  }

  private bars(brush: CanvasRenderingContext2D, width: number, lane: number, from: number, until: number, x: (at: number) => number): void {
    const pixel = 3, bins = Math.ceil((width - LEFT) / pixel);
    const counts = LANES.map(() => new Float32Array(bins)), faint = LANES.map(() => new Float32Array(bins));
    for (const one of this.store.ordered) {
      if (one.at < from || one.at > until) continue;
      const row = LANES.indexOf(this.symbols[one.kind]?.colour ?? "moving"), bin = Math.floor((x(one.at) - LEFT) / pixel);
      if (row < 0 || bin < 0 || bin >= bins) continue;
      const into = this.store.shows(one, false) ? counts : faint;
      into[row]![bin]! += one.sure;
    }
    LANES.forEach((name, row) => {
      const foot = TOP + FINDINGS + lane * (row + 1) - 2, room = lane - 4;
      brush.fillStyle = colour("rule");
      brush.fillRect(LEFT, foot + 1, width - LEFT - 8, 1);
      brush.save();
      brush.translate(LEFT / 2, foot - room / 2);
      const size = Math.min(room, 12) / 18;
      brush.scale(size, size);
      brush.fillStyle = colour(name);
      const of = Object.values(this.symbols).find((one) => one.colour === name);
      if (of) brush.fill(new Path2D(of.path), "evenodd");
      brush.restore();
      for (let bin = 0; bin < bins; bin++) {
        const shown = counts[row]![bin]!, rest = faint[row]![bin]!;
        const high = (sum: number): number => Math.min(room, 3 + Math.sqrt(sum) * 2.6);
        if (rest) { brush.fillStyle = colour("track"); brush.fillRect(LEFT + bin * pixel, foot - high(rest), pixel - 0.6, high(rest)); }
        if (shown) { brush.fillStyle = colour(name); brush.fillRect(LEFT + bin * pixel, foot - high(shown), pixel - 0.6, high(shown)); }
      }
    });
  }

  private findings(brush: CanvasRenderingContext2D, x: (at: number) => number, from: number, until: number): void {
    for (const { feature: { properties: of } } of this.store.findings.values()) {
      const at = Date.parse(of.time);
      if (at < from || at > until || (of.outcome !== "attributed" && of.outcome !== "undetermined")) continue;
      brush.strokeStyle = brush.fillStyle = colour("mark");
      brush.lineWidth = 1.4;
      brush.beginPath();
      brush.rect(x(at) - 3, TOP + 3, 6, 8);
      if (of.outcome === "attributed") brush.fill(); else brush.stroke();
    }
  }

  private chosen(brush: CanvasRenderingContext2D, width: number, height: number, left: number, right: number): void {
    brush.fillStyle = colour("paper");
    brush.globalAlpha = 0.66;
    brush.fillRect(LEFT, TOP - 4, Math.max(0, left - LEFT), height);
    brush.fillRect(right, TOP - 4, Math.max(0, width - right), height);
    brush.globalAlpha = 1;
    brush.fillStyle = colour("focus");
    brush.fillRect(left - 1, TOP - 4, 2, height);
    brush.fillRect(right - 1, TOP - 4, 2, height);
  }

  private at(event: PointerEvent): number {
    const [from, until] = this.window, box = this.sheet.getBoundingClientRect();
    const share = (event.clientX - box.left - LEFT) / (box.width - LEFT - 8);
    return from + (until - from) * Math.min(1, Math.max(0, share));
  }

  private down(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.sheet.setPointerCapture(event.pointerId);
    this.dragged = { start: event.clientX, from: this.at(event) };
  }

  private move(event: PointerEvent): void {
    if (!this.dragged || Math.abs(event.clientX - this.dragged.start) < 4) return;
    const end = this.at(event);
    this.store.choose({ from: Math.round(Math.min(this.dragged.from, end)), until: Math.round(Math.max(this.dragged.from, end)) });
  }

  private up(event: PointerEvent): void {
    if (this.dragged && Math.abs(event.clientX - this.dragged.start) < 4) this.store.choose({ from: null, until: null });
    this.dragged = null;
  }

  private key(event: KeyboardEvent): void {
    const [start, end] = this.window;
    const step = (end - start) / 24;
    const from = this.store.choice.from ?? end - step * 4, until = this.store.choice.until ?? end;
    const by: Record<string, [number, number]> = {
      ArrowLeft: [-step, -step], ArrowRight: [step, step], ArrowUp: [-step / 2, step / 2], ArrowDown: [step / 4, -step / 4],
    };
    const moved = by[event.key];
    if (moved && until + moved[1] > from + moved[0]) {
      this.store.choose({ from: Math.round(from + moved[0]), until: Math.round(until + moved[1]) });
      event.preventDefault();
    } else if (event.key === "Escape") {
      this.store.choose({ from: null, until: null });
    }
  }
}

// The same as a table: events by hour and class, for the chosen time.
export function hours(store: Store, names: Record<string, { name: string }>): HTMLElement {
  const kinds = Object.keys(names).filter((kind) => store.ordered.some((one) => one.kind === kind && store.shows(one)));
  const counts = new Map<number, Map<string, number>>();
  for (const one of store.ordered) {
    if (!store.shows(one)) continue;
    const hour = Math.floor(one.at / HOUR) * HOUR, row = counts.get(hour) ?? new Map<string, number>();
    row.set(one.kind, (row.get(one.kind) ?? 0) + 1);
    counts.set(hour, row);
  }
  const head = el("tr", {}, el("th", { scope: "col" }, say("timeline.hour")), ...kinds.map((kind) => el("th", { scope: "col", class: "n" }, names[kind]?.name ?? kind)));
  const rows = [...counts].sort(([a], [b]) => b - a).map(([hour, row]) => el("tr", {},
    el("th", { scope: "row" }, `${dayClock(hour).slice(0, 10)} ${clock(hour, 60)}`), ...kinds.map((kind) => el("td", { class: "n" }, String(row.get(kind) ?? "–")))));
  return el("table", {}, el("caption", { class: "unseen" }, say("timeline.table")), el("thead", {}, head), el("tbody", {}, ...rows));
}
