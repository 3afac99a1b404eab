// The audience's page: one thumb says where the music should go. It keeps nothing and asks for nothing.
// Its link says where to: `#show=club&broker=ws://192.168.0.5:9001`; without a broker port 9001 of where it came from.

import { colourOf, css } from "./colours.js";
import { Mqtt } from "./mqtt.js";
import { MOODS, label, startLanguage, switchLanguage, word } from "./words.js";

const SEND_MS = 200;  // five times a second while it moves
const REPEAT_MS = 1000;  // while it is held still
const MOOD_MS = 6000;  // a mood that was tapped is repeated for as long
const LATE_MS = 6000;  // what was said so long ago is said once more when a connection is there again
const KEY_STEP = 0.1, PORT = 9001;
const byId = (id) => document.getElementById(id);
const clamp = (value) => Math.max(-1, Math.min(1, value));

// The show and the broker that a link names.
export function placeOf(link) {
  const given = new URLSearchParams(link.hash.slice(1) || link.search.slice(1));
  const show = (given.get("show") ?? "").replace(/[/+#$\x00-\x1f]/g, "").slice(0, 64) || "show";
  const own = `${link.protocol === "https:" ? "wss" : "ws"}://${link.hostname}:${PORT}/`;
  const asked = given.get("broker") ?? own;
  return { show, broker: /^wss?:\/\/[^/]+/.test(asked) ? asked : own };
}

const randomId = () => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

class Audience {
  constructor() {
    const { show, broker } = placeOf(location);
    this.id = randomId();
    this.show = show;
    this.point = { valence: 0, arousal: 0 };
    this.finger = null;  // the pointer that holds the point, or "key"
    this.mood = null;
    this.sentMs = this.saidMs = -Infinity;
    this.state = "connecting";
    document.documentElement.lang = startLanguage();
    this.makeMoods();
    this.listen();
    this.label();
    this.paint();
    this.mqtt = new Mqtt(broker, this.id, (state) => this.setState(state));
    setInterval(() => this.repeat(), REPEAT_MS / 4);
  }

  listen() {
    const plane = byId("plane");
    plane.addEventListener("pointerdown", (event) => {
      if (event.button || this.finger !== null) return;
      plane.setPointerCapture(event.pointerId);
      event.preventDefault();
      this.finger = event.pointerId;
      this.follow(event);
    });
    plane.addEventListener("pointermove", (event) => event.pointerId === this.finger && this.follow(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      plane.addEventListener(end, (event) => event.pointerId === this.finger && this.lift());
    }
    plane.addEventListener("keydown", (event) => this.press(event));
    plane.addEventListener("keyup", () => this.finger === "key" && this.lift());
    plane.addEventListener("contextmenu", (event) => event.preventDefault());
    byId("language").addEventListener("click", () => {
      document.documentElement.lang = switchLanguage();
      this.label();
    });
  }

  makeMoods() {
    for (const id of MOODS) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.word = button.dataset.mood = id;
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => this.vote(id));
      byId("moods").append(button);
    }
  }

  follow(event) {
    const box = byId("plane").getBoundingClientRect();
    this.move((event.clientX - box.left) / box.width * 2 - 1, 1 - (event.clientY - box.top) / box.height * 2);
  }

  press(event) {
    const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!step) return;
    event.preventDefault();
    this.finger = "key";
    this.move(this.point.valence + step[0] * KEY_STEP, this.point.arousal + step[1] * KEY_STEP);
  }

  move(valence, arousal) {
    this.point = { valence: clamp(valence), arousal: clamp(arousal) };
    this.choose(null);
    this.showPoint(true);
    this.saidMs = performance.now();
    this.speak();
  }

  // The finger has left: its last place is sent, and then fades, here as there.
  lift() {
    this.finger = null;
    this.saidMs = performance.now();
    clearTimeout(this.later);
    this.send();
    this.showPoint(false);
  }

  vote(id) {
    this.showPoint(false);
    this.choose(id);
    this.votedMs = this.saidMs = performance.now();
    this.send();
  }

  // Send, or as soon as five times a second allow: the newest is always sent.
  speak() {
    clearTimeout(this.later);
    const waitMs = this.sentMs + SEND_MS - performance.now();
    if (waitMs > 0) this.later = setTimeout(() => this.send(), waitMs);
    else this.send();
  }

  send() {
    const { valence, arousal } = this.point;
    const isSent = this.mood
      ? this.mqtt.publish(`emo/${this.show}/mood/${this.id}`, this.mood)
      : this.mqtt.publish(`emo/${this.show}/va/${this.id}`, `${valence.toFixed(3)} ${arousal.toFixed(3)}`);
    this.isUnsent = !isSent;
    if (isSent) this.sentMs = performance.now();
  }

  repeat() {
    if (this.mood && performance.now() - this.votedMs > MOOD_MS) this.choose(null);
    if ((this.finger !== null || this.mood) && performance.now() - this.sentMs >= REPEAT_MS) this.send();
    else if (this.isUnsent) this.sayAgain();
  }

  choose(id) {
    this.mood = id;
    for (const button of byId("moods").children) button.setAttribute("aria-pressed", String(button.dataset.mood === id));
  }

  showPoint(isHeld) {
    const { valence, arousal } = this.point, dot = byId("dot");
    byId("hint").hidden = true;
    dot.hidden = dot.hidden && !isHeld;
    dot.classList.toggle("held", isHeld);
    dot.style.left = `${(valence + 1) * 50}%`;
    dot.style.top = `${(1 - arousal) * 50}%`;
    document.documentElement.style.setProperty("--feel", css(colourOf(valence, arousal)));
  }

  setState(state) {
    if (state === "connecting" && this.state !== "connected") state = this.state;  // it was said that it tries again
    this.state = state;
    this.label();
    if (state === "connected") this.sayAgain();
  }

  // The last place counts, also where it was said while there was no connection, or into one that had gone.
  sayAgain() {
    if (this.finger !== null || this.mood || performance.now() - this.saidMs < LATE_MS) this.send();
  }

  label() {
    label(document);
    byId("state").dataset.state = this.state;
    byId("state").querySelector("span").textContent = word(this.state);
    const isKorean = document.documentElement.lang === "ko";
    byId("language").textContent = isKorean ? "English" : "한국어";
    byId("language").lang = isKorean ? "en" : "ko";
  }

  paint() {
    const canvas = document.querySelector("#plane canvas"), { width, height } = canvas;
    const context = canvas.getContext("2d"), image = context.createImageData(width, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const colour = colourOf((x + 0.5) / width * 2 - 1, 1 - (y + 0.5) / height * 2);
        image.data.set([...colour.map((part) => part * 0.72), 255], (y * width + x) * 4);
      }
    }
    context.putImageData(image, 0, 0);
  }
}

globalThis.audience = new Audience();
