// Sign in with a passkey, add one with an invitation, or show again who one is. What the device signs goes to this service alone.
"use strict";
const button = document.getElementById("passkey");
const says = document.getElementById("passkey-says");

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", body, headers: { "Content-Type": "application/json", "Truceline-Token": button.dataset.token ?? "" } });
  const told = await answer.json();
  if (!answer.ok) throw new Error(`${told.what}. ${told.remedy}`);
  return told;
}

async function go() {
  const { invitation, confirm } = button.dataset;
  const path = invitation ? "/join" : confirm ? "/confirm" : "/passkey";
  const [begin, finish] = [`${path}/begin`, `${path}/finish`];
  const begun = await post(begin, invitation ?? "");
  const credential = invitation
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(begun.options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(begun.options) });
  const told = await post(finish, JSON.stringify({ attempt: begun.attempt, credential: credential.toJSON(), to: confirm ?? "/" }));
  location.assign(told.to);
}

button?.addEventListener("click", async () => {
  button.disabled = true;
  says.textContent = "";
  try {
    await go();
  } catch (error) {
    says.textContent = error.name === "NotAllowedError" ? says.dataset.failed : error.message;
    button.disabled = false;
    button.focus();
  }
});
