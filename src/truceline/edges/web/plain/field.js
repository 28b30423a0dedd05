// Reports of a patrol: kept on the device, encrypted with a key that cannot leave it, until the service has them. Without
// contact for as long as the service says, the key and all reports are gone.
"use strict";
const says = document.getElementById("says");
const waiting = document.getElementById("waiting");
const report = document.getElementById("report");
const call = document.getElementById("call");
const AGAIN_MS = 20000;
const HOUR_MS = 3600000;
let token = "";
let busy = false;

function say(what, more = "") {
  says.textContent = `${says.dataset[what]} ${more}`.trim();
}

const opened = new Promise((resolve, reject) => {
  const asked = indexedDB.open("field", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("key");
    asked.result.createObjectStore("reports", { keyPath: "id" });
  };
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

async function store(name, mode, act) {
  const database = await opened;
  return new Promise((resolve, reject) => {
    const done = act(database.transaction(name, mode).objectStore(name));
    done.onsuccess = () => resolve(done.result);
    done.onerror = () => reject(done.error);
  });
}

const get = (name, key) => store(name, "readonly", (one) => one.get(key));
const all = (name) => store(name, "readonly", (one) => one.getAll());
const put = (name, value, key) => store(name, "readwrite", (one) => one.put(value, key));
const drop = (name, key) => store(name, "readwrite", (one) => one.delete(key));
const clear = (name) => store(name, "readwrite", (one) => one.clear());

async function theKey() {
  const known = await get("key", "key");
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await put("key", made, "key");
  return made;
}

async function count() {
  waiting.textContent = String((await all("reports")).length);
}

async function forget() {
  const contact = await get("key", "contact");
  if (!contact || Date.now() - contact.at < contact.hours * HOUR_MS) return;
  const had = (await all("reports")).length;
  await clear("reports");
  await clear("key");
  await count();
  if (had) say("gone");
}

async function keep(one) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const words = new TextEncoder().encode(JSON.stringify(one));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await theKey(), words);
  await put("reports", { id: one.id, iv, data });
  await count();
  say("kept");
}

async function contact() {
  const answer = await fetch("/field/now", { redirect: "manual" });
  if (!answer.ok) throw new Error("signed_out");
  const told = await answer.json();
  token = told.token;
  await put("key", { at: Date.now(), hours: told.hours }, "contact");
}

async function post(path, body) {
  return fetch(path, { method: "POST", body, headers: { "Content-Type": "application/json", "Truceline-Token": token } });
}

async function send() {
  if (busy) return;
  busy = true;
  try {
    await forget();
    await contact();
    const some = await all("reports");
    const key = some.length ? await theKey() : null;
    let refused = "";
    for (const one of some) {
      const words = await crypto.subtle.decrypt({ name: "AES-GCM", iv: one.iv }, key, one.data);
      const answer = await post("/field/reports", words);
      if (answer.ok) await drop("reports", one.id);
      else if (answer.status === 422 || answer.status === 415) refused = (await answer.json()).what;
      else throw new Error(answer.status === 401 || answer.status === 403 ? "signed_out" : "offline");
    }
    await count();
    if (refused) say("refused", refused);
    else if (some.length) say("sent");
  } catch (error) {
    say(error.message === "signed_out" ? "signed_out" : "offline");
  } finally {
    busy = false;
  }
}

function here() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    navigator.geolocation.getCurrentPosition(
      (found) => resolve([found.coords.longitude, found.coords.latitude]), () => resolve(null),
      { enableHighAccuracy: true, timeout: 8000 });
  });
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1]);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

const number = (form, field) => (form.get(field) === "" || form.get(field) === null ? null : Number(form.get(field)));

async function read(form) {
  const time = String(form.get("time"));
  const one = {
    id: crypto.randomUUID(), sensor: form.get("sensor"), kind: form.get("kind"), text: form.get("text"),
    time: `${time.length === 16 ? `${time}:00` : time}Z`, consent: form.get("consent") !== null,
    azimuth_deg: number(form, "azimuth"), count: number(form, "count"), range_m: null, at: null, photo: null, photo_type: "",
  };
  const [nearest, farthest] = [number(form, "nearest"), number(form, "farthest")];
  if (nearest !== null && farthest !== null) one.range_m = [Math.min(nearest, farthest), Math.max(nearest, farthest)];
  const [lon, lat] = [number(form, "lon"), number(form, "lat")];
  if (lon !== null && lat !== null) one.at = [lon, lat];
  const photo = form.get("photo");
  if (photo && photo.size) [one.photo, one.photo_type] = [await base64(photo), photo.type];
  return one;
}

report?.addEventListener("submit", async (event) => {
  event.preventDefault();
  await keep(await read(new FormData(report)));
  report.reset();
  fill();
  await send();
});

call.addEventListener("submit", async (event) => {
  event.preventDefault();
  const state = event.submitter.value;
  const minutes = Number(new FormData(call).get("minutes")) || 60;
  try {
    const at = state === "over" ? null : await here();
    await contact();
    const answer = await post("/field/check-in", JSON.stringify({ state, minutes, at }));
    if (!answer.ok) throw new Error("refused");
    const told = await answer.json();
    say("called", told.due ? told.due.slice(11, 16) + " UTC" : "–");
  } catch {
    say("not_called");
  }
});

document.getElementById("here")?.addEventListener("click", async () => {
  const at = await here();
  if (at) [report.elements.lon.value, report.elements.lat.value] = at.map((one) => one.toFixed(6));
});

function fill() {
  if (report) report.elements.time.value = new Date().toISOString().slice(0, 19);
}

fill();
navigator.serviceWorker?.register("/field/worker.js", { scope: "/field" });
addEventListener("online", send);
setInterval(send, AGAIN_MS);
void count().then(send);
