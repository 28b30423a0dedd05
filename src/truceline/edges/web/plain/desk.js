// What the duty desk must know at once: who calls for help, who is overdue, what is wrong with the service.
"use strict";
const ASK_MS = 15000;
const strip = document.createElement("p");
strip.className = "desk";
strip.setAttribute("role", "alert");

async function ask() {
  try {
    const answer = await fetch("/api/v1/stands");
    const faults = answer.ok ? (await answer.json()).faults : [];
    const words = faults.join("; ");
    if (words === strip.textContent) return;
    strip.textContent = words;
    if (words) document.body.append(strip);
    else strip.remove();
  } catch {
    // The floor itself says when the service is away.
  }
}

setInterval(ask, ASK_MS);
void ask();
