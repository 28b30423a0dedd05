// All that is known, kept up to date from the service; and what the watcher chose to see, kept in the address.
import { drawn, type Change, type Drawn, type FindingFields, type HealthFields, type IncidentFields, type Mission, type Now, type Shown, type Whole } from "./records";

export interface Choice {
  from: number | null; until: number | null; kinds: Set<string>; sure: number; outcome: string; text: string;
  at: string; tab: string; off: Set<string>;
}

const EMPTY: Now = { time: "", judged: "", observations: 0, late: 0, unusable: 0, size: 0, behind: 0, root: "", live: [], blind: [], sensors: {} };

const SILENT_MS = 45_000; // the service gives a sign of life every fifteen seconds
const AGAIN_MS = 3_000;

export class Store extends EventTarget {
  events = new Map<string, Drawn>();
  incidents = new Map<string, Shown<IncidentFields>>();
  findings = new Map<string, Shown<FindingFields>>();
  health = new Map<string, HealthFields>();
  now: Now = EMPTY;
  connected = false;
  ready = false;
  cursor: number | null = null; // of a replay
  choice: Choice = read();
  fresh: FindingFields[] = []; // findings that came since the page was opened
  private sorted: Drawn[] | null = null;
  private number = -1;

  constructor(readonly mission: Mission) {
    super();
    addEventListener("hashchange", () => { this.choice = read(); this.tell("choice"); });
  }

  // Watch until the page is left. What was missed during an interruption is sent again by the service. A browser tries
  // again by itself when a connection breaks, but not when a fault was answered, nor when nothing comes any more.
  watch(): void {
    let reading: Promise<void> | null = null, asking = false, last = "", heard = 0;
    const waiting: Change[] = [];
    const open = (): EventSource => {
      const made = new EventSource(last ? `/api/v1/changes?after=${encodeURIComponent(last)}` : "/api/v1/changes");
      const on = (name: string, then: (data: string) => void): void => made.addEventListener(name, (event) => {
        if (made !== source) return;
        heard = performance.now();
        last = (event as MessageEvent<string>).lastEventId || last;
        then((event as MessageEvent<string>).data);
      });
      on("open", () => this.connect(true));
      on("still", () => undefined);
      on("anew", () => {
        reading ??= this.readAll().then(
          () => { reading = null; for (const one of waiting.splice(0)) this.take(one); },
          () => { reading = null; waiting.length = 0; last = ""; made.close(); this.connect(false); },
        );
      });
      on("change", (data) => {
        const change = JSON.parse(data) as Change;
        if (reading) waiting.push(change); else this.take(change);
      });
      made.addEventListener("error", () => { if (made === source) this.connect(false); });
      heard = performance.now();
      return made;
    };
    let source = open();
    setInterval(() => {
      if (asking || (source.readyState !== EventSource.CLOSED && performance.now() - heard < SILENT_MS)) return;
      source.close();
      this.connect(false);
      asking = true;
      void this.signedIn().then(() => { source = open(); }, () => undefined).finally(() => { asking = false; });
    }, AGAIN_MS);
  }

  get mission_now(): number { return this.now.time ? Date.parse(this.now.time) : NaN; }

  // Events in order of time.
  get ordered(): Drawn[] {
    this.sorted ??= [...this.events.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    return this.sorted;
  }

  choose(change: Partial<Choice>): void {
    this.choice = { ...this.choice, ...change };
    history.replaceState(null, "", write(this.choice));
    this.tell("choice");
  }

  // Whether an event is among what was chosen. during: within the chosen time, or as far as a replay has come.
  shows(one: Drawn, during = true): boolean {
    const { from, until, kinds, sure, text } = this.choice;
    if (kinds.size && !kinds.has(one.kind)) return false;
    if (one.sure < sure) return false;
    if (text && !one.id.toLowerCase().includes(text) && !one.fields.providers.some((p) => p.toLowerCase().includes(text))) return false;
    if (!during) return true;
    if (this.cursor !== null && one.at > this.cursor) return false;
    return (from === null || one.at >= from) && (until === null || one.at < until);
  }

  findingsOf(incident: IncidentFields): FindingFields[] {
    return incident.findings.map((id) => this.findings.get(id)?.feature.properties).filter((one) => one !== undefined);
  }

  tell(what: string): void { this.dispatchEvent(new Event(what)); }

  // Goes to where one signs in if nobody is signed in any more; fails if the service cannot be reached.
  private async signedIn(): Promise<void> {
    const answer = await fetch("/api/v1/stands", { credentials: "same-origin", signal: AbortSignal.timeout(SILENT_MS) });
    if (answer.status === 401) location.assign("/sign-in");
    if (!answer.ok) throw new Error(String(answer.status));
  }

  private async readAll(): Promise<void> {
    const answer = await fetch("/api/v1/floor", { credentials: "same-origin" });
    if (answer.status === 401) { location.assign("/sign-in"); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    const whole = (await answer.json()) as Whole;
    this.events.clear(); this.incidents.clear(); this.findings.clear(); this.health.clear();
    this.number = whole.number;
    this.put(whole.records, false);
    this.now = whole.now;
    this.ready = true;
    this.tell("records");
    this.tell("now");
  }

  private take(change: Change): void {
    if (change.number <= this.number) return;
    this.number = change.number;
    for (const id of Object.keys(change.gone.events ?? {})) this.events.delete(id);
    for (const id of Object.keys(change.gone.incidents ?? {})) this.incidents.delete(id);
    for (const id of Object.keys(change.gone.findings ?? {})) this.findings.delete(id);
    const moved = change.gone.events?.[this.choice.at];
    if (moved) this.choose({ at: moved });
    this.put(change.put, true);
    if (change.now) this.now = change.now;
    if (Object.keys(change.put).length || Object.keys(change.gone).length) this.tell("records");
    this.tell("now");
  }

  private put(records: Partial<Whole["records"]>, fresh: boolean): void {
    const known = (kind: string): boolean => kind in this.mission.classes;
    for (const one of Object.values(records.events ?? {})) this.events.set(one.feature.properties.id, drawn(one, known));
    for (const one of Object.values(records.incidents ?? {})) this.incidents.set(one.feature.properties.id, one);
    for (const one of Object.values(records.findings ?? {})) {
      const of = one.feature.properties;
      if (fresh && !this.findings.has(of.id)) this.fresh.push(of);
      this.findings.set(of.id, one);
    }
    for (const one of Object.values(records.sensors ?? {})) {
      const of = one.feature.properties, before = this.health.get(of.sensor);
      if (!before || before.from <= of.from) this.health.set(of.sensor, of);
    }
    this.sorted = null;
  }

  private connect(connected: boolean): void {
    if (this.connected !== connected) { this.connected = connected; this.tell("now"); }
  }
}

function read(): Choice {
  const given = new URLSearchParams(location.hash.slice(1));
  const time = (key: string): number | null => { const value = Date.parse(given.get(key) ?? ""); return Number.isNaN(value) ? null : value; };
  const words = (key: string): Set<string> => new Set((given.get(key) ?? "").split(",").filter(Boolean));
  return {
    from: time("from"), until: time("until"), kinds: words("what"), sure: Number(given.get("sure") ?? 0) || 0,
    outcome: given.get("outcome") ?? "", text: (given.get("find") ?? "").toLowerCase(), at: given.get("at") ?? "",
    tab: given.get("tab") ?? "incidents", off: words("off"),
  };
}

function write(choice: Choice): string {
  const given = new URLSearchParams();
  const put = (key: string, value: string): void => { if (value) given.set(key, value); };
  put("from", choice.from === null ? "" : new Date(choice.from).toISOString());
  put("until", choice.until === null ? "" : new Date(choice.until).toISOString());
  put("what", [...choice.kinds].sort().join(","));
  put("sure", choice.sure ? String(choice.sure) : "");
  put("outcome", choice.outcome);
  put("find", choice.text);
  put("at", choice.at);
  put("tab", choice.tab === "incidents" ? "" : choice.tab);
  put("off", [...choice.off].sort().join(","));
  const text = given.toString();
  return text ? `#${text}` : location.pathname;
}
