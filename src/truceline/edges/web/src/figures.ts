// How numbers are said: never surer than 1–99 %, never finer than a tenth of what is known.
import { say } from "./words";

export function percent(probability: number): string {
  if (probability > 0.99) return say("over");
  if (probability < 0.01) return say("under");
  return `${Math.round(100 * probability)}\u00a0%`;
}

export function metres(length: number): string {
  if (!Number.isFinite(length)) return "?";
  if (length < 1) return "< 1\u00a0m";
  const step = 10 ** (Math.floor(Math.log10(length)) - 1);
  const rounded = Math.round(length / step) * step;
  return rounded < 1000 ? `${rounded.toFixed(0)}\u00a0m` : `${(rounded / 1000).toFixed(rounded >= 10_000 ? 0 : 1)}\u00a0km`;
}

export function clock(ms: number, sigma = 1): string {
  const text = new Date(ms).toISOString();
  return sigma >= 10 ? text.slice(11, 16) : text.slice(11, 19);
}

export function dayClock(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")}`;
}

export function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return say("age.now");
  if (minutes < 60) return say("age.min", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return say("age.h", { n: hours, m: minutes % 60 });
  return say("age.d", { n: Math.floor(hours / 24), m: hours % 24 });
}
