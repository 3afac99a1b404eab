"use strict";
// The page of the listening test: asks for the next question, plays its clips, sends the answer. Which answer would be
// right it never learns. The name and the language are kept in this browser, so that a reload goes on where it stood.

const at = (id) => document.getElementById(id);
const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a private window forgets */ } };

let texts = {};
let language = "en";
let rater = "";
let trial = null;
let players = [];
let heard = new Set();
let firstSound = 0;
let plays = 0;
let isSending = false;

const word = (key, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), texts[language][key] ?? key);

async function begin() {
  texts = await (await fetch("texts.json")).json();
  document.querySelector("[data-minutes]").dataset.minutes = (await (await fetch("about")).json()).minutes;
  language = kept("language") in texts ? kept("language") : navigator.language.startsWith("ko") ? "ko" : "en";
  for (const button of document.querySelectorAll("[data-language]")) {
    button.onclick = () => { language = button.dataset.language; keep("language", language); speak(); };
  }
  at("welcome").onsubmit = (event) => { event.preventDefault(); enter(at("name").value.trim()); };
  at("another").onclick = leave;
  document.addEventListener("keydown", onKey);
  const known = new URLSearchParams(location.search).get("rater") || kept("rater");
  if (known) await enter(known);
  else show("welcome");
  speak();
}

function show(id) {
  for (const part of ["welcome", "trial", "done"]) at(part).hidden = part !== id;
  if (id === "welcome") at("name").focus();
}

function speak() {
  document.documentElement.lang = language;
  document.title = word("title");
  for (const part of document.querySelectorAll("[data-word]")) part.textContent = word(part.dataset.word, part.dataset);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  if (trial) label();
}

async function enter(name) {
  if (!name) return;
  rater = name;
  const told = await ask(`next?rater=${encodeURIComponent(rater)}`);
  if (!told) { show("welcome"); return; }
  keep("rater", rater);
  take(told);
}

function leave() {
  keep("rater", "");
  history.replaceState(null, "", location.pathname);
  [rater, trial] = ["", null];
  at("name").value = "";
  show("welcome");
}

async function ask(path, options) {
  at("trouble").hidden = true;
  try {
    const response = await fetch(path, options);
    if (response.ok) return await response.json();
    if (response.status === 409 && options) return await ask(`next?rater=${encodeURIComponent(rater)}`);
  } catch { /* told below */ }
  trouble("failed");
  return null;
}

function trouble(key) {
  at("trouble").textContent = word(key);
  at("trouble").hidden = false;
}

function take(told) {
  for (const player of players) player.pause();
  trial = told;
  if (told.is_done) { players = []; show("done"); speak(); return; }
  heard = new Set();
  [firstSound, plays, isSending] = [0, 0, false];
  players = told.clips.map(player);
  at("players").replaceChildren(...players.map((_, index) => playButton(index)));
  at("choices").replaceChildren(...told.choices.map(choiceButton));
  at("bar").max = told.total;
  at("bar").value = told.place - 1;
  show("trial");
  label();
  at("question").focus();
}

function player(url, index) {
  const audio = new Audio(url);
  audio.preload = "auto";
  const button = () => at("players").children[index];
  audio.onplaying = () => { firstSound ||= performance.now(); heard.add(index); button().classList.add("playing"); label(); };
  audio.onpause = audio.onended = () => { button()?.classList.remove("playing"); label(); };
  audio.ontimeupdate = () => button()?.style.setProperty("--heard", audio.currentTime / (audio.duration || 1));
  audio.onerror = () => trouble("unheard");
  return audio;
}

function playButton(index) {
  const button = document.createElement("button");
  button.type = "button";
  button.onclick = () => play(index);
  return button;
}

function choiceButton(choice, index) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.choice = choice;
  button.onclick = () => answer(choice);
  const key = document.createElement("kbd");
  key.textContent = index + 1;
  button.append(document.createElement("span"), key);
  return button;
}

function label() {
  if (!trial || trial.is_done) { if (trial) at("total").textContent = word("doneMore", trial); return; }
  const isPair = trial.clips.length > 1;
  const isReady = heard.size === trial.clips.length;
  at("place").textContent = word("of", trial);
  at("question").textContent = word(trial.question);
  players.forEach((audio, index) => {
    const name = word(isPair ? ["playFirst", "playSecond"][index] : "play");
    at("players").children[index].textContent = audio.paused ? name : word("playing");
  });
  for (const button of at("choices").children) {
    button.firstChild.textContent = word(button.dataset.choice);
    button.disabled = !isReady || isSending;
  }
  at("hint").textContent = isReady ? word(isPair ? "keysTwo" : "keysFive")
    : `${word("listenFirst")} ${word(isPair ? "keysTwo" : "keysFive")}`;
}

function play(index) {
  const audio = players[index];
  if (!audio) return;
  if (!audio.paused) { audio.pause(); return; }
  for (const other of players) if (other !== audio) other.pause();
  audio.currentTime = 0;
  plays += 1;
  audio.play().catch((error) => { if (error.name !== "AbortError") trouble("unheard"); });
}

async function answer(choice) {
  if (isSending || heard.size < trial.clips.length) return;
  isSending = true;
  const told = { rater, place: trial.place, choice, ms: performance.now() - firstSound, plays };
  label();
  const next = await ask("answer", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(told),
  });
  isSending = false;
  if (next) take(next);
  else label();
}

function onKey(event) {
  if (!trial || trial.is_done || event.target.tagName === "INPUT" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.repeat) return;
  const isPair = trial.clips.length > 1;
  const plain = event.target.tagName === "BUTTON" ? [] : [" "];  // on a button, space presses it
  const toPlay = isPair ? ["ArrowLeft", "ArrowRight"].indexOf(event.key) : plain.indexOf(event.key);
  const toChoose = Number.parseInt(event.key, 10) - 1;
  if (toPlay >= 0) { event.preventDefault(); play(toPlay); }
  else if (toChoose >= 0 && toChoose < trial.choices.length) { event.preventDefault(); answer(trial.choices[toChoose]); }
}

begin();
