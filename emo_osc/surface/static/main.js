// The page: it hears the stage, shows it, and hands on what is touched.

import { css } from "./colours.js";
import { Controls, make, moodName } from "./controls.js";
import { Field } from "./field.js";
import { Link } from "./link.js";
import { Roll } from "./roll.js";
import { label, startLanguage, switchLanguage, word } from "./words.js";

const MOOD_KEYS = { moods: "QWERTYUIO", expressions: "ASDFGHJ", preset: "" };
const KEYS = {
  Space: "toggle", KeyN: "/emo/next", KeyB: "/emo/again", KeyM: "/emo/mutate", KeyX: "/emo/panic", KeyZ: "/emo/tap",
  KeyC: "/emo/continue",
  KeyK: "keep", KeyL: "language",
};
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const STEP = 0.05, WIDE_STEP = 0.25;
const SPEAK_MS = 700, TOLD_MS = 4000, FACTS_MS = 2000;
const TOLD_ACKS = new Set(["/emo/next", "/emo/again", "/emo/mutate"]);
const LAMPS = { stage: "lamp-stage", studio: "lamp-studio", clock: "lamp-clock" };
const byId = (id) => document.getElementById(id);

class App {
  constructor() {
    this.moods = new Map();
    this.va = [0, 0];
    this.isHeard = false;
    this.field = new Field(byId("pad"), {
      onMove: (...at) => this.drag(...at), onMood: (id) => this.callMood(id), onRest: (...at) => this.rest(...at),
    });
    this.roll = new Roll(byId("roll"));
    this.link = new Link({ onTold: (told) => this.hear(told), onOpen: () => this.opened(), onLost: () => this.lost() });
    this.controls = new Controls(this.link);
    this.controls.onTell = (text) => this.tell(text);
    this.wire();
    this.setLanguage(startLanguage());
    setInterval(() => { this.controls.askFacts(); this.controls.showTrip(this.link.tripMs); }, FACTS_MS);
    requestAnimationFrame((nowMs) => this.frame(nowMs, nowMs));
  }

  wire() {
    byId("language").addEventListener("click", () => this.setLanguage(switchLanguage()));
    document.addEventListener("keydown", (event) => this.onKey(event));
    for (const [index, axis] of ["valence", "arousal"].entries()) {
      byId(axis).addEventListener("input", ({ target }) => {
        const va = [...this.va];
        va[index] = Number(target.value);
        this.feel(...va);
      });
    }
  }

  // The stage speaks.
  hear(told) {
    HEARD[told.kind]?.(this, told);
  }

  opened() {
    document.body.classList.add("linked");
    this.notice("");
  }

  lost() {
    document.body.classList.remove("linked");
    this.isHeard = false;
    this.lamp("stage", "off", word("lamp_stage"));
    this.notice(word("lost_server"));
  }

  // A drag is heard as it goes; where a feeling is to be reached over bars, it only chooses where to.
  drag(valence, arousal) {
    if (!this.controls.gotoBars) this.feel(valence, arousal);
  }

  rest(valence, arousal) {
    if (this.controls.gotoBars) this.feel(valence, arousal);
  }

  feel(valence, arousal) {
    const bars = this.controls.gotoBars;
    if (bars) return this.link.send("/emo/goto", Number(valence.toFixed(4)), Number(arousal.toFixed(4)), bars);
    this.va = [valence, arousal];
    this.field.target = { valence, arousal };
    this.link.slide("/emo/va", Number(valence.toFixed(4)), Number(arousal.toFixed(4)));
  }

  callMood(id) {
    if (this.controls.isLearning) return this.controls.learn(id, moodName(this.moods.get(id)));
    this.link.pending.delete("/emo/va");
    if (this.controls.gotoBars) this.link.send("/emo/goto", id, this.controls.gotoBars);
    else this.link.send("/emo/mood", id);
  }

  setMoods(moods) {
    this.moods = new Map(moods.map((mood) => [mood.id, mood]));
    this.moodKeys = new Map();
    const counts = { moods: 0, expressions: 0, preset: 0 };
    const buttons = new Map(moods.map((mood) => {
      const letter = MOOD_KEYS[mood.vocabulary]?.[counts[mood.vocabulary]++];
      if (letter) this.moodKeys.set(`Key${letter}`, mood.id);
      return [mood.id, this.moodButton(mood, letter)];
    }));
    byId("moods").replaceChildren(...buttons.values());
    this.buttons = buttons;
    this.field.setMoods(moods, buttons);
    this.nameMoods();
  }

  moodButton(mood, letter) {
    const button = make("button", { type: "button", class: `mood ${mood.vocabulary}`, "data-mood": mood.id });
    if (letter) button.setAttribute("aria-keyshortcuts", letter.toLowerCase());
    button.append(make("i"), make("span", {}, make("b"), ...(letter ? [make("kbd", { "aria-hidden": "true" }, letter.toLowerCase())] : [])));
    button.addEventListener("click", () => this.callMood(mood.id));
    return button;
  }

  nameMoods() {
    for (const [id, button] of this.buttons ?? []) button.querySelector("b").textContent = moodName(this.moods.get(id));
    this.field.layMoods();
    this.showFeeling();
  }

  showState(name, values) {
    this.controls.show(name, values);
    if (name === "va") {
      this.va = values;
      this.field.set(...values);
      [byId("valence").value, byId("arousal").value] = values;
    }
    if (name === "va" || name === "mood") this.showFeeling();
    if (name === "tempo") this.roll.tempo = values[0];
    if (name === "coming") this.roll.coming = values[0];
    if (name === "bar" && values[0] !== this.roll.bar) this.roll.begin(values[0]);
    if (name === "playing") this.showPlaying(Boolean(values[0]));
    if (name === "studio") this.showStudio(String(values[0]));
    if (name === "clock") this.lamp("clock", /lost|wait|hold/.test(values[0]) ? "warn" : "good", values[0]);
    if (name === "phrase" || name === "pinned") this.showPhrase();
  }

  showPlaying(isPlaying) {
    if (isPlaying !== this.roll.isPlaying && this.isHeard) this.speak(word(isPlaying ? "now_playing" : "now_standing"));
    if (isPlaying && !this.roll.isPlaying) this.roll.begin(Math.max(1, this.controls.state.bar?.[0] ?? 1));
    this.roll.isPlaying = isPlaying;
  }

  showStudio(summary) {
    const light = summary.startsWith("ready") ? "good" : summary.startsWith("loading") ? "wait" : "warn";
    this.lamp("studio", light, summary);
  }

  showPhrase() {
    const { phrase, pinned } = this.controls.state;
    byId("phrase-name").textContent = [phrase?.[0], pinned?.[0] ? word("pinned") : ""].filter(Boolean).join(" · ");
  }

  showFeeling() {
    const [id] = this.controls.state.mood ?? [], mood = this.moods.get(id);
    const name = mood ? moodName(mood) : id ?? "";
    byId("feeling").textContent = name;
    for (const [other, button] of this.buttons ?? []) button.classList.toggle("on", other === id);
    byId("pad").setAttribute("aria-roledescription", word("pad"));
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => this.speak(word("spoken", name, ...this.va.map((value) => value.toFixed(2)))), SPEAK_MS);
  }

  // For those who listen to the page: never while it still moves.
  speak(text) {
    if (byId("spoken").textContent !== text) byId("spoken").textContent = text;
  }

  tell(text, isRefusal = false) {
    const told = byId("told");
    told.textContent = text;
    told.classList.toggle("refused", isRefusal);
    told.classList.toggle("shown", Boolean(text));
    clearTimeout(this.telling);
    if (text) this.telling = setTimeout(() => told.classList.remove("shown"), TOLD_MS);
  }

  notice(text) {
    byId("notice").hidden = !text;
    byId("notice").textContent = text;
  }

  lamp(which, light, text) {
    const lamp = byId(LAMPS[which]);
    lamp.dataset.light = light;
    lamp.querySelector("b").textContent = text;
    lamp.title = `${word(`lamp_${which}`)}: ${text}`;
  }

  hearAck({ address, bar, ms, values }) {
    if (address === "/emo/midi/learn") this.controls.learned(...values);
    if (TOLD_ACKS.has(address) && ms > 0) this.tell(word("lands", word(address.split("/").pop()), bar));
  }

  setLanguage(language) {
    document.documentElement.lang = language;
    const other = byId("language");
    other.lang = language === "en" ? "ko" : "en";
    other.textContent = language === "en" ? "한국어" : "English";
    label(document);
    this.controls.relabel?.call(this.controls);
    if (!this.link.isOpen && !byId("notice").hidden) this.notice(word("lost_server"));
    this.lamp("stage", this.isHeard ? "good" : "off", word("lamp_stage"));
    this.nameMoods();
    this.showPhrase();
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target, isTyping = at.matches("input:not([type=range]):not([type=radio]), select, textarea");
    if (isTyping) return;
    const arrow = ARROWS[event.key];
    if (arrow && (at === byId("pad") || at === document.body)) return this.step(event, arrow);
    if (event.code === "Space" && at.matches("button, summary, input")) return;
    const mood = this.moodKeys?.get(event.code), deed = KEYS[event.code];
    if (!mood && !deed || event.repeat) return;
    event.preventDefault();
    if (mood) this.callMood(mood);
    else this.act(deed);
  }

  step(event, [right, up]) {
    event.preventDefault();
    const far = event.shiftKey ? WIDE_STEP : STEP, clamp = (value) => Math.max(-1, Math.min(1, Number(value.toFixed(4))));
    this.feel(clamp(this.va[0] + right * far), clamp(this.va[1] + up * far));
  }

  act(deed) {
    const own = {
      toggle: () => this.controls.toggle(),
      keep: () => this.controls.keep(),
      language: () => this.setLanguage(switchLanguage()),
    };
    if (own[deed]) own[deed]();
    else this.link.send(deed);
  }

  frame(nowMs, beforeMs) {
    requestAnimationFrame((nextMs) => this.frame(nextMs, nowMs));
    const colour = this.field.draw(nowMs, Math.min(100, nowMs - beforeMs));
    if (colour) {
      this.roll.draw(nowMs, colour);
      this.tint(colour);
    }
    this.showPlace(nowMs);
  }

  tint(colour) {
    const feel = css(colour);
    if (feel !== this.feelShown) document.documentElement.style.setProperty("--feel", this.feelShown = feel);
  }

  showPlace(nowMs) {
    const { roll } = this, position = roll.position(nowMs);
    const place = roll.isPlaying ? word("place", Math.floor(position % 16) + 1) : word("standing");
    const left = Math.ceil(roll.coming - 1 - position);
    const waiting = roll.isPlaying && roll.coming && left > 0 ? word("waiting", left === 1 ? word("bars_one") : word("bars", left)) : "";
    if (place !== this.placeShown) byId("place").textContent = this.placeShown = place;
    if (waiting !== this.waitShown) byId("waiting").textContent = this.waitShown = waiting;
  }
}

// What the stage tells -> what the page does with it.
const HEARD = {
  hello: (app, told) => { app.controls.build(told); app.setMoods(told.moods); label(document); },
  moods: (app, { moods }) => app.setMoods(moods),
  state: (app, { name, values }) => app.showState(name, values),
  note: (app, note) => { app.field.strike(note); app.roll.strike(note, performance.now()); },
  bar: (app, { bar }) => app.roll.begin(bar),
  roll: (app, { which, part, notes }) => {
    app.roll.set(which, part, notes);
    const count = app.roll.notes("now").length;
    byId("roll").setAttribute("aria-label", count ? word("roll_says", count) : word("roll_empty"));
  },
  latency: (app, { name, figures }) => app.controls.showDelay(name, figures),
  stage: (app, { is_heard: isHeard }) => {
    app.isHeard = isHeard;
    app.lamp("stage", isHeard ? "good" : "warn", word("lamp_stage"));
    app.notice(isHeard ? "" : word("lost_stage"));
  },
  ack: (app, told) => app.hearAck(told),
  error: (app, { text }) => app.tell(text, true),
};

globalThis.emo = new App();
