// The watch floor: the map and the timeline in one view, tables beside them, everything by keyboard too.
import "./floor.css";
import { Alarms } from "./alarms";
import { el, seldom } from "./dom";
import { clock, dayClock } from "./figures";
import { MissionMap } from "./map";
import { Panel, TABS } from "./panel";
import type { Mission } from "./records";
import { Store } from "./store";
import { hours, Timeline } from "./timeline";
import { say } from "./words";

const SPEEDS = [10, 60, 300, 900];
const FRAME_MS = 100;
const SURE = [0, 0.25, 0.5, 0.8, 0.95];
const LAYERS = ["held", "blind", "sensors", "ellipses"];
const SPANS_H = [1, 6, 24];

async function begin(): Promise<void> {
  const root = document.getElementById("floor");
  if (!root) return;
  const answer = await fetch("/api/v1/mission", { credentials: "same-origin" });
  if (answer.status === 401) { location.assign("/sign-in"); return; }
  const mission = (await answer.json()) as Mission;
  new Floor(root, new Store(mission));
}

class Floor {
  private readonly map: MissionMap;
  private readonly timeline: Timeline;
  private readonly panel: Panel;
  private readonly alarms: Alarms;
  private readonly stands = el("div", { class: "stands", role: "status" });
  private readonly count = el("output", { class: "small" });
  private readonly when = el("output", { class: "small" });
  private readonly table = el("div", { class: "wide", tabindex: 0, role: "region", "aria-label": say("timeline.table") });
  private readonly play = el("button", { type: "button", title: say("timeline.play.title"), click: () => this.replay() });
  private readonly live = el("button", { type: "button", title: say("timeline.golive.title"), click: () => this.golive() }, say("timeline.golive"));
  private readonly speed = el("select", { "aria-label": say("timeline.speed") }, ...SPEEDS.map((one) => el("option", { value: one, selected: one === 60 }, `× ${one}`)));
  private readonly from = this.timeBox("from");
  private readonly until = this.timeBox("until");
  private readonly find = el("input", { type: "search", placeholder: say("filter.search"), "aria-label": say("filter.search"), input: () => this.store.choose({ text: this.find.value.trim().toLowerCase() }) });
  private readonly kind = el("select", { "aria-label": say("filter.class"), change: () => this.store.choose({ kinds: new Set(this.kind.value ? this.kind.value.split(",") : []) }) });
  private readonly sure = el("select", { "aria-label": say("filter.sure"), change: () => this.store.choose({ sure: Number(this.sure.value) }) }, ...SURE.map((one) => el("option", { value: one }, one ? `≥ ${Math.round(100 * one)} %` : "≥ 1 %")));
  private readonly outcome = el("select", { "aria-label": say("filter.outcome"), change: () => this.store.choose({ outcome: this.outcome.value }) });
  private readonly help = this.helpBox();
  private timer = 0;
  private anew = false; // something is to be drawn that the drawing now under way may have passed
  private drawing = false;
  private single = localStorage.getItem("truceline-single-keys") !== "off";

  constructor(root: HTMLElement, private readonly store: Store) {
    const { mission } = store;
    this.kinds(mission);
    for (const one of ["", "attributed", "undetermined", "exempt", "no_breach"]) {
      this.outcome.append(el("option", { value: one }, one ? mission.outcomes[one] ?? one : say("filter.outcome.all")));
    }
    const holder = el("div", { class: "map" });
    this.timeline = new Timeline(store, mission.classes);
    this.panel = new Panel(store, (ids) => this.map.show(ids));
    this.alarms = new Alarms(store);
    root.replaceChildren(this.alarms.element, this.bar(), el("div", { class: "map-box" }, holder, this.stands, this.zoom()), this.panel.element, this.foot(), this.help);
    root.removeAttribute("role");
    root.classList.add("floor");
    this.map = new MissionMap(store, holder);
    const now = seldom(400, () => this.drawNow());
    const records = seldom(400, () => this.drawAll());
    store.addEventListener("now", now);
    store.addEventListener("records", records);
    store.addEventListener("choice", seldom(60, () => { this.drawAll(); this.map.layers(); }));
    document.addEventListener("theme", () => { this.map.recolour(); this.drawAll(); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { this.map.recolour(); this.drawAll(); });
    document.addEventListener("keydown", (event) => this.key(event));
    setInterval(() => this.drawNow(), 15_000);
    this.drawAll();
    store.watch();
  }

  // Everything anew, part by part, so that keys and clicks get through in between. What changes meanwhile is drawn after.
  private drawAll(): void {
    this.anew = true;
    if (this.drawing) return;
    this.drawing = true;
    let parts: (() => void)[] = [];
    const next = (): void => {
      if (!parts.length && this.anew) { this.anew = false; parts = this.inParts(); }
      parts.shift()?.();
      this.drawing = parts.length > 0 || this.anew;
      if (this.drawing) setTimeout(next);
    };
    next();
  }

  private inParts(): (() => void)[] {
    const { store } = this;
    return [
      () => {
        const shown = store.ordered.reduce((sum, one) => sum + Number(store.shows(one)), 0);
        this.count.textContent = say("filter.shown", { shown, all: store.events.size });
        this.fields();
        this.drawNow();
      },
      ...this.map.parts(),
      () => this.timeline.draw(),
      () => this.panel.draw(),
      () => { if (this.table.closest("details")?.open) this.table.replaceChildren(hours(store, store.mission.classes)); },
      () => { if (store.ready) this.alarms.take(); },
    ];
  }

  private drawNow(): void {
    const { now, connected, ready } = this.store;
    this.stands.classList.toggle("off", !connected);
    const parts = [el("strong", {}, connected ? say("live.on") : say("live.off"))];
    if (now.time && ready) {
      parts.push(el("span", {}, say("live.now", { time: dayClock(Date.parse(now.time)) })));
      parts.push(el("span", { class: "small" }, now.judged ? say("live.judged", { time: clock(Date.parse(now.judged)) }) : say("live.never")));
      if (now.behind > 500) parts.push(el("span", { class: "small" }, say("live.behind", { count: now.behind })));
    }
    this.stands.replaceChildren(...parts);
    document.documentElement.dataset["ready"] = String(ready);
  }

  private fields(): void {
    const { choice, cursor } = this.store;
    const box = (input: HTMLInputElement, at: number | null): void => { if (document.activeElement !== input) input.value = at === null ? "" : new Date(at).toISOString().slice(0, 16); };
    box(this.from, choice.from);
    box(this.until, choice.until);
    if (document.activeElement !== this.find) this.find.value = choice.text;
    this.kind.value = [...choice.kinds].sort().join(",");
    if (this.kind.selectedIndex < 0) this.kind.selectedIndex = 0;
    this.sure.value = String(choice.sure);
    this.outcome.value = choice.outcome;
    this.when.textContent = cursor !== null ? `${dayClock(cursor).slice(0, 10)} ${clock(cursor)}`
      : choice.from === null && choice.until === null ? ""
      : say("timeline.chosen", { from: choice.from === null ? "…" : dayClock(choice.from), until: choice.until === null ? "…" : dayClock(choice.until) });
    this.play.textContent = this.timer ? say("timeline.pause") : say("timeline.play");
    this.live.disabled = cursor === null && choice.from === null && choice.until === null;
    for (const input of document.querySelectorAll<HTMLInputElement>("input[data-layer]")) input.checked = !choice.off.has(input.dataset["layer"] ?? "");
  }

  private kinds(mission: Mission): void {
    const groups = new Map<string, string[]>();
    for (const [kind, of] of Object.entries(mission.classes)) groups.set(of.colour, [...(groups.get(of.colour) ?? []), kind]);
    this.kind.append(el("option", { value: "" }, say("filter.class.all")));
    for (const kinds of groups.values()) {
      if (kinds.length > 1) this.kind.append(el("option", { value: [...kinds].sort().join(",") }, kinds.map((one) => mission.classes[one]?.name).join(", ")));
      for (const one of kinds) this.kind.append(el("option", { value: one }, `${kinds.length > 1 ? "\u2003" : ""}${mission.classes[one]?.name ?? one}`));
    }
  }

  private bar(): HTMLElement {
    const label = (words: string, input: HTMLElement): HTMLElement => el("label", {}, el("span", {}, words), input);
    const layers = LAYERS.map((name) => el("label", {}, el("input", {
      type: "checkbox", "data-layer": name, checked: true,
      change: (event: Event) => {
        const off = new Set(this.store.choice.off);
        if ((event.target as HTMLInputElement).checked) off.delete(name); else off.add(name);
        this.store.choose({ off });
      },
    }), ` ${say(`filter.layer.${name}`)}`));
    return el("div", { class: "bar-top", role: "search" }, label(say("filter.class"), this.kind), label(say("filter.sure"), this.sure), label(say("filter.outcome"), this.outcome), this.find,
      el("fieldset", { class: "layers" }, el("legend", { class: "unseen" }, say("filter.layers")), ...layers),
      el("button", { type: "button", title: say("map.fit.title"), click: () => this.map.fit() }, say("map.fit")),
      el("button", { type: "button", click: () => this.store.choose({ kinds: new Set(), sure: 0, outcome: "", text: "", from: null, until: null, at: "" }) }, say("filter.clear")),
      el("button", { type: "button", click: () => this.help.showModal() }, say("help.open")), this.count);
  }

  private foot(): HTMLElement {
    const spans = [...SPANS_H.map((one) => [say("timeline.hours", { hours: one }), one * 3_600_000] as const), [say("timeline.all"), null] as const];
    const buttons = spans.map(([words, span]) => el("button", { type: "button", "aria-pressed": span === null, click: (event: Event) => {
      this.timeline.span = span;
      for (const one of (event.currentTarget as HTMLElement).parentElement?.querySelectorAll("button") ?? []) one.setAttribute("aria-pressed", String(one === event.currentTarget));
      this.timeline.draw();
    } }, words));
    const details = el("details", { toggle: () => this.drawAll() }, el("summary", {}, say("timeline.table")), this.table);
    const line = el("div", { class: "bar-foot" }, this.play, this.speed, this.live, el("span", { class: "spans", role: "group" }, ...buttons),
      el("label", {}, el("span", {}, say("timeline.from")), this.from), el("label", {}, el("span", {}, say("timeline.until")), this.until), this.when);
    return el("section", { class: "foot" }, line, this.timeline.sheet, details);
  }

  private zoom(): HTMLElement {
    const button = (sign: string, words: string, by: number): HTMLElement => el("button", { type: "button", title: words, "aria-label": words, click: () => this.map.zoom(by) }, sign);
    return el("div", { class: "zoom" }, button("+", say("map.closer"), 1), button("−", say("map.farther"), -1));
  }

  private timeBox(which: "from" | "until"): HTMLInputElement {
    const box = el("input", { type: "datetime-local", change: () => this.store.choose({ [which]: box.value ? Date.parse(`${box.value}Z`) : null }) });
    return box;
  }

  // Replay what is chosen, or the last hour, as far as the cursor has come.
  private replay(): void {
    if (this.timer) { clearInterval(this.timer); this.timer = 0; this.fields(); return; }
    const { store } = this;
    const end = store.choice.until ?? (store.mission_now || store.ordered.at(-1)?.at || 0);
    const start = store.choice.from ?? end - 3_600_000;
    if (store.cursor === null || store.cursor >= end) store.cursor = start;
    this.timer = window.setInterval(() => {
      store.cursor = Math.min(end, (store.cursor ?? start) + FRAME_MS * Number(this.speed.value));
      if (store.cursor >= end) { clearInterval(this.timer); this.timer = 0; }
      for (const part of this.map.parts()) part();
      this.timeline.draw();
      if (Math.round((store.cursor - start) / (FRAME_MS * Number(this.speed.value))) % 8 === 0 || !this.timer) this.panel.draw();
      this.fields();
    }, FRAME_MS);
    this.fields();
  }

  private golive(): void {
    clearInterval(this.timer);
    this.timer = 0;
    this.store.cursor = null;
    this.store.choose({ from: null, until: null });
  }

  private helpBox(): HTMLDialogElement {
    const rows = say("help.rows").split("|").map((row) => { const [keys, words] = row.split(": "); return el("tr", {}, el("th", { scope: "row" }, el("kbd", {}, keys)), el("td", {}, words)); });
    const box: HTMLDialogElement = el("dialog", { class: "help", "aria-label": say("help.title") }, el("h2", {}, say("help.title")), el("table", {}, el("tbody", {}, ...rows)),
      el("label", {}, el("input", { type: "checkbox", checked: localStorage.getItem("truceline-single-keys") !== "off", change: (event: Event) => {
        this.single = (event.target as HTMLInputElement).checked;
        localStorage.setItem("truceline-single-keys", this.single ? "on" : "off");
      } }), ` ${say("help.single")}`), " ", el("button", { type: "button", click: () => box.close() }, say("help.close")));
    return box;
  }

  private key(event: KeyboardEvent): void {
    const at = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || this.help.open) return;
    if (at.matches("input, select, textarea") || (!this.single && event.key !== "Escape")) return;
    const tab = TABS[Number(event.key) - 1];
    const keys: Record<string, () => void> = {
      j: () => this.panel.step(1), k: () => this.panel.step(-1), "/": () => this.find.focus(), m: () => this.map.focus(),
      t: () => this.timeline.sheet.focus(), l: () => this.golive(), "0": () => this.map.fit(), "?": () => this.help.showModal(),
      " ": () => this.replay(), Escape: () => this.store.choose({ at: "" }),
      Enter: () => { const finding = this.panel.finding; if (finding) location.assign(`/findings/${encodeURIComponent(finding.id)}`); },
    };
    if (tab) this.store.choose({ tab });
    const act = keys[event.key];
    const presses = at.matches("button, a, summary") && (event.key === " " || (event.key === "Enter" && at.dataset["id"] !== this.store.choice.at));
    if (act && !presses && !(at.tagName === "CANVAS" && ["0"].includes(event.key))) { act(); event.preventDefault(); }
  }
}

void begin();
