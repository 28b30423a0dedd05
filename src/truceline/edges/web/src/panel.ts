// The tables beside the map: incidents by age, events, sensors, and what the signs mean; and what was chosen, closer.
import { bar, el, symbol } from "./dom";
import { age, clock, dayClock, metres, percent } from "./figures";
import type { Drawn, FindingFields, IncidentFields, Shown } from "./records";
import type { Store } from "./store";
import { say } from "./words";

export const TABS = ["incidents", "events", "sensors", "legend"] as const;
const MOST_ROWS = 200;

export class Panel {
  readonly element = el("section", { class: "panel", "aria-label": say("skip.table") });
  private readonly tabs = el("div", { class: "tabs", role: "tablist" });
  private readonly body = el("div", { class: "panel-body", role: "tabpanel", tabindex: 0, id: "panel-body" });
  private readonly detail = el("div", { class: "detail", "aria-live": "polite" });

  constructor(private readonly store: Store, private readonly show: (ids: Iterable<string>) => void) {
    for (const tab of TABS) {
      this.tabs.append(el("button", {
        type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": "panel-body", click: () => this.store.choose({ tab }),
        keydown: (event: KeyboardEvent) => this.arrow(event, tab),
      }, say(`tab.${tab}`)));
    }
    this.element.append(this.tabs, this.detail, this.body);
  }

  draw(): void {
    const { tab } = this.store.choice;
    for (const one of this.tabs.querySelectorAll("button")) {
      const chosen = one.id === `tab-${tab}`;
      one.setAttribute("aria-selected", String(chosen));
      one.tabIndex = chosen ? 0 : -1;
    }
    this.body.setAttribute("aria-labelledby", `tab-${tab}`);
    const inside = this.body.contains(document.activeElement) ? document.activeElement?.getAttribute("data-id") : null;
    const scroll = this.body.scrollTop;
    this.body.replaceChildren(...(tab === "events" ? this.events() : tab === "sensors" ? this.sensors() : tab === "legend" ? this.legend() : this.incidents()));
    this.body.scrollTop = scroll;
    if (inside) this.body.querySelector<HTMLElement>(`[data-id="${CSS.escape(inside)}"]`)?.focus({ preventScroll: true });
    this.closer();
  }

  // One row down or up from what is chosen.
  step(by: number): void {
    const rows = [...this.body.querySelectorAll<HTMLElement>("[data-id]")];
    const here = rows.findIndex((row) => row.dataset["id"] === this.store.choice.at);
    const next = rows[Math.min(rows.length - 1, Math.max(0, here + by))];
    if (next?.dataset["id"]) { this.choose(next.dataset["id"]); this.body.querySelector<HTMLElement>(`[data-id="${CSS.escape(next.dataset["id"])}"]`)?.focus(); }
  }

  // The finding of what is chosen, if there is one.
  get finding(): FindingFields | undefined {
    const { at } = this.store.choice;
    const own = this.store.findings.get(at)?.feature.properties;
    if (own) return own;
    const incident = this.store.incidents.get(at)?.feature.properties;
    if (incident) return this.store.findingsOf(incident)[0];
    return [...this.store.findings.values()].find((one) => one.feature.properties.events.includes(at))?.feature.properties;
  }

  private choose(id: string): void {
    this.store.choose({ at: id });
    const of = this.store.incidents.get(id)?.feature.properties;
    this.show(of ? of.events : [id]);
  }

  private arrow(event: KeyboardEvent, tab: string): void {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    const next = TABS[(TABS.indexOf(tab as (typeof TABS)[number]) + step + TABS.length) % TABS.length]!;
    this.store.choose({ tab: next });
    document.getElementById(`tab-${next}`)?.focus();
  }

  private row(id: string, name: Node | string, ...cells: (Node | string)[]): HTMLElement {
    const chosen = this.store.choice.at === id;
    const button = el("button", { type: "button", class: "row", "data-id": id, "aria-pressed": chosen, click: () => this.choose(id) }, name);
    return el("tr", { class: chosen ? "chosen" : null }, el("th", { scope: "row" }, button), ...cells.map((cell) => el("td", {}, cell)));
  }

  private table(caption: string, heads: string[], rows: HTMLElement[], more = 0, key = ""): Node[] {
    const made = el("table", {}, el("caption", {}, caption), el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))), el("tbody", {}, ...rows));
    return more > 0 ? [made, el("p", { class: "small" }, say(key, { count: more }))] : [made];
  }

  private incidents(): Node[] {
    const { store } = this;
    const now = store.cursor ?? store.mission_now;
    const found = [...store.incidents.values()].filter((one) => this.wanted(one.feature.properties));
    found.sort((a, b) => (a.feature.properties.from < b.feature.properties.from ? 1 : -1));
    if (!found.length) return [el("p", {}, say("incidents.none"))];
    const rows = found.slice(0, MOST_ROWS).map((one) => this.incident(one, now));
    return this.table(say("incidents.caption"), [say("incidents.age"), say("incidents.what"), say("incidents.findings")], rows, found.length - MOST_ROWS, "incidents.more");
  }

  private wanted(incident: IncidentFields): boolean {
    const { store } = this, { outcome } = store.choice;
    if (!incident.events.some((id) => { const one = store.events.get(id); return one !== undefined && store.shows(one); })) return false;
    return !outcome || store.findingsOf(incident).some((one) => one.outcome === outcome);
  }

  private incident(one: Shown<IncidentFields>, now: number): HTMLElement {
    const of = one.feature.properties;
    const what = el("div", {}, this.counts(of.counts), el("div", { class: "small" }, `${say("incidents.opened")}: ${this.opened(of)}`));
    const findings = this.store.findingsOf(of).map((finding) => el("div", {}, this.findingLink(finding)));
    const when = el("span", {}, el("strong", {}, age(now - Date.parse(of.until))), el("br"), el("span", { class: "small" }, clock(Date.parse(of.from))));
    return this.row(of.id, when, what, el("div", {}, ...findings, el("span", { class: `state ${one.state}` }, say(`state.${one.state}`))));
  }

  private opened(of: IncidentFields): string {
    const [name, share] = Object.entries(of.opened_by).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0] ?? ["", 0];
    const who = name === "not_determinable" ? say("incidents.cannot") : name === "other" ? say("detail.other") : name;
    return `${who} ${percent(share)}`;
  }

  private counts(counts: Record<string, number>): HTMLElement {
    const ordered = Object.entries(counts).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    return el("span", { class: "counts" }, ...ordered.map(([kind, number]) => {
      const of = this.store.mission.classes[kind] ?? this.store.mission.classes["other"]!;
      return el("span", { title: of.name }, symbol(of.path, `e ${of.colour}`), ` ${number} `, el("span", { class: "unseen" }, of.name));
    }));
  }

  private findingLink(of: FindingFields): HTMLElement {
    return el("a", { href: `/findings/${encodeURIComponent(of.id)}`, class: `outcome ${of.outcome}` }, say(`outcome.${of.outcome}`, { party: of.party ?? "" }));
  }

  private events(): Node[] {
    const found = this.store.ordered.filter((one) => this.store.shows(one)).reverse();
    const rows = found.slice(0, MOST_ROWS).map((one) => this.row(
      one.id, `${clock(one.at, one.sigma)}`, this.kind(one), percent(one.sure), metres(one.ellipse.semi_major_m),
      say("events.heard.words", { sensors: one.fields.sensors, providers: one.fields.providers.join(", ") }),
      el("span", { class: `state ${one.state}` }, say(`state.${one.state}`)),
    ));
    const heads = ["when", "what", "sure", "within", "heard", "state"].map((head) => say(`events.${head}`));
    return this.table(say("events.caption"), heads, rows, found.length - MOST_ROWS, "events.more");
  }

  private kind(one: Drawn): HTMLElement {
    const of = this.store.mission.classes[one.kind]!;
    return el("span", {}, symbol(of.path, `e ${of.colour}`), ` ${of.name}`);
  }

  private sensors(): Node[] {
    const { store } = this;
    const live = new Set(store.now.live);
    const all = store.mission.sensors.features;
    const state = (id: string): [number, string] => {
      const heard = store.now.sensors[id], inferred = store.health.get(id);
      const words: string[] = [];
      if (!heard) words.push(say("sensors.never")); else if (!live.has(id)) words.push(heard.state === "blind" || heard.state === "tampered" ? say("sensors.said", { state: heard.state }) : say("sensors.silent"));
      if (inferred && inferred.state !== "well") words.push(say(`health.${inferred.state}`));
      return [words.length ? 0 : 1, words.join(", ") || say("sensors.live")];
    };
    const rows = all.map((one) => ({ of: one.properties as { id: string; kind: string; provider: string } })).map(({ of }) => ({ of, state: state(of.id) }))
      .sort((a, b) => a.state[0] - b.state[0] || (a.of.id < b.of.id ? -1 : 1))
      .map(({ of, state: [well, words] }) => {
        const last = store.now.sensors[of.id]?.last;
        return el("tr", { class: well ? null : "ill" }, el("th", { scope: "row" }, of.id), el("td", {}, of.provider), el("td", {}, of.kind.replaceAll("_", " ")),
          el("td", {}, last ? dayClock(Date.parse(last)).slice(11) : "–"), el("td", {}, words));
      });
    const summary = el("p", {}, say("sensors.summary", { live: live.size, all: all.length }), " ", store.now.blind.length ? say("sensors.blind", { share: this.blindShare() }) : say("sensors.seeing"));
    const heads = ["id", "provider", "kind", "last", "state"].map((head) => say(`sensors.${head}`));
    return [summary, ...this.table(say("sensors.caption"), heads, rows)];
  }

  // How much of the box around the network is blind, by area.
  private blindShare(): string {
    const area = (ring: number[][]): number => Math.abs(ring.reduce((sum, [x, y], i) => { const [a, b] = ring[(i + 1) % ring.length]!; return sum + x! * b! - a! * y!; }, 0)) / 2;
    const blind = this.store.now.blind.reduce((sum, [outer, ...holes]) => sum + area(outer ?? []) - holes.reduce((all, hole) => all + area(hole), 0), 0);
    const all = this.store.mission.sensors.features.map((one) => (one.geometry as GeoJSON.Point).coordinates);
    const lat = all[0]?.[1] ?? 0, pad = 8_000 / 111_195, wide = pad / Math.max(0.01, Math.cos((lat * Math.PI) / 180));
    const x = all.map(([lon]) => lon!), y = all.map(([, b]) => b!);
    const box = (Math.max(...x) - Math.min(...x) + 2 * wide) * (Math.max(...y) - Math.min(...y) + 2 * pad);
    return `${Math.round((100 * Math.min(blind, box)) / box)}\u00a0%`;
  }

  private legend(): Node[] {
    const { mission } = this.store;
    const list = (title: string, ...keys: (Node | string)[]): HTMLElement => el("div", {}, el("h3", {}, title), el("ul", { class: "bare" }, ...keys.map((key) => el("li", {}, key))));
    const classes = Object.entries(mission.classes).map(([, of]) => el("span", {}, symbol(of.path, `e ${of.colour}`), ` ${of.name}`));
    const kinds = [...new Set(mission.sensors.features.map((one) => String(one.properties?.["kind"])))].sort();
    const sensors = kinds.map((kind) => el("span", {}, symbol(mission.sensor_shapes[kind] ?? mission.sensor_shapes["any"]!, "s"), ` ${kind.replaceAll("_", " ")}`));
    const key = (class_: string, words: string): HTMLElement => el("span", {}, el("span", { class: `key-line ${class_}`, "aria-hidden": "true" }), ` ${words}`);
    const ground = [key("line-key", say("legend.line")), key("area-key", say("legend.area")), ...mission.parties.map((party, i) => key(`hatch-key hatch-${i}`, say("legend.held", { party }))), key("blind-key", say("legend.blind"))];
    return [
      list(say("legend.events"), ...classes, say("legend.faint"), say("legend.ellipse"), say("legend.dashed")),
      list(say("legend.sensors"), ...sensors, say("legend.dead")), list(say("legend.ground"), ...ground),
      el("p", { class: "small" }, say("legend.neutral")),
    ];
  }

  // What is chosen, closer.
  private closer(): void {
    const { at } = this.store.choice, event = this.store.events.get(at), finding = this.finding;
    if (!event && !finding && !this.store.incidents.has(at)) { this.detail.replaceChildren(); return; }
    const parts: Node[] = [el("button", { type: "button", class: "close", title: say("detail.close"), "aria-label": say("detail.close"), click: () => this.store.choose({ at: "" }) }, "×")];
    if (event) {
      const { semi_major_m, semi_minor_m } = event.ellipse;
      const likely = Object.entries(event.fields.labels).sort(([, a], [, b]) => b - a).filter(([, share]) => share >= 0.05);
      parts.push(el("h3", {}, this.kind(event)), el("p", {}, `${dayClock(event.at).slice(0, 10)} ${clock(event.at, event.sigma)} UTC · ${percent(event.sure)} · ${say("detail.size", { major: metres(semi_major_m), minor: metres(semi_minor_m) })}`),
        el("p", { class: "small" }, likely.map(([kind, share]) => `${this.store.mission.classes[kind]?.name ?? kind} ${percent(share)}`).join(", ")));
    }
    for (const one of finding ? [finding] : []) {
      const shares = Object.entries(one.responsibility).sort(([a], [b]) => Number(a === "other") - Number(b === "other") || (a < b ? -1 : 1));
      parts.push(el("p", { class: "sentence" }, one.words), el("ul", { class: "bare who" }, ...shares.map(([name, share]) => el("li", {}, el("span", { class: "of" }, name === "other" ? say("detail.other") : name), bar(share), ` ${percent(share)}`))),
        el("p", {}, el("a", { href: `/findings/${encodeURIComponent(one.id)}` }, say("detail.finding"))));
    }
    this.detail.replaceChildren(...parts);
  }
}
