// What interrupts: a new finding that says the agreement may have been broken. At most six an hour a seat; the rest wait.
import { el } from "./dom";
import type { FindingFields } from "./records";
import type { Store } from "./store";
import { say } from "./words";

const MOST = 6, HOUR = 3_600_000, KEPT = "truceline-alarms";

export class Alarms {
  readonly element = el("div", { class: "alarms", role: "alert" });
  private readonly waiting: FindingFields[] = [];

  constructor(private readonly store: Store) {}

  take(): void {
    for (const one of this.store.fresh.splice(0)) {
      if (one.outcome !== "attributed" && !(one.outcome === "undetermined" && one.occurrence >= 0.8)) continue;
      if (this.allowed()) this.raise(one); else this.waiting.push(one);
    }
    this.rest();
  }

  private allowed(): boolean {
    const now = Date.now();
    let times: number[] = [];
    try { times = (JSON.parse(localStorage.getItem(KEPT) ?? "[]") as number[]).filter((at) => now - at < HOUR); } catch { times = []; }
    if (times.length >= MOST) return false;
    localStorage.setItem(KEPT, JSON.stringify([...times, now]));
    return true;
  }

  private raise(one: FindingFields): void {
    const box = el("div", { class: "alarm" }, el("strong", {}, say("alarm.new")), ` ${one.words} `,
      el("a", { href: `/findings/${encodeURIComponent(one.id)}` }, say("alarm.open")), " ",
      el("button", { type: "button", click: () => box.remove() }, say("alarm.seen")));
    this.element.prepend(box);
    for (const old of [...this.element.querySelectorAll(".alarm")].slice(2)) old.remove();
  }

  private rest(): void {
    this.element.querySelector(".alarm-rest")?.remove();
    if (!this.waiting.length) return;
    this.element.append(el("p", { class: "alarm-rest small" }, say("alarm.more", { count: this.waiting.length, most: MOST }), " ",
      el("button", { type: "button", click: () => { this.waiting.splice(0); this.rest(); this.store.choose({ tab: "incidents" }); } }, say("alarm.show"))));
  }
}
