// The valence-arousal pad: fingers in, light out. Right is pleasant, up is excited; several fingers pull on one point.

import { colourOf, css } from "./colours.js";

const TAP_MS = 260, TAP_PX = 8, NEAR_PX = 26, TRAIL_MS = 550, RIPPLE_MS = 1400, EASE_MS = 70;
const ORB_PX = 13;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const clamp = (value) => Math.max(-1, Math.min(1, value));

export class Field {
  // `onMove(valence, arousal)` while fingers move, `onMood(id)` for a tap on one, `onRest(valence, arousal)` for any other
  // touch as its last finger is lifted.
  constructor(element, { onMove, onMood, onRest }) {
    this.element = element;
    this.canvas = element.querySelector("canvas");
    this.onMove = onMove;
    this.onMood = onMood;
    this.onRest = onRest;
    this.moods = [];
    this.fingers = new Map();
    this.target = this.point = { valence: 0, arousal: 0 };
    this.trail = [];
    this.ripples = [];
    this.listen();
    new ResizeObserver(() => this.resize()).observe(element);
    this.resize();
  }

  // Where the stage says the feeling is; our own fingers know better while they are down.
  set(valence, arousal) {
    if (!this.fingers.size) this.target = { valence, arousal };
  }

  strike(note) {
    if (this.ripples.length < 24 && !STILL.matches) this.ripples.push({ at: performance.now(), note });
  }

  listen() {
    const pad = this.element;
    pad.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      pad.setPointerCapture(event.pointerId);
      pad.focus({ preventScroll: true });
      event.preventDefault();
      const spot = this.spot(event);
      this.fingers.set(event.pointerId, { ...spot, from: spot, at: performance.now() });
      this.pull();
    });
    pad.addEventListener("pointermove", (event) => {
      const finger = this.fingers.get(event.pointerId);
      if (!finger) return;
      Object.assign(finger, this.spot(event));
      this.pull();
    });
    for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, (event) => this.lift(event));
    pad.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  spot(event) {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  pull() {
    const spots = [...this.fingers.values()];
    const x = spots.reduce((sum, spot) => sum + spot.x, 0) / spots.length;
    const y = spots.reduce((sum, spot) => sum + spot.y, 0) / spots.length;
    this.target = this.feelingAt(x, y);
    this.onMove(this.target.valence, this.target.arousal);
  }

  lift(event) {
    const finger = this.fingers.get(event.pointerId);
    this.fingers.delete(event.pointerId);
    if (!finger || this.fingers.size || event.type === "pointercancel") return;
    const isTap = performance.now() - finger.at < TAP_MS &&
      Math.hypot(finger.x - finger.from.x, finger.y - finger.from.y) < TAP_PX;
    const mood = isTap && this.moodAt(finger.x, finger.y);
    if (mood) this.onMood(mood.id);
    else this.onRest(this.target.valence, this.target.arousal);
  }

  // The mood whose dot or name was touched.
  moodAt(x, y) {
    const near = this.moods.map((mood) => ({ mood, far: this.distance(mood, x, y) })).filter(({ far }) => far < NEAR_PX);
    return near.sort((a, b) => a.far - b.far)[0]?.mood;
  }

  distance(mood, x, y) {
    const at = this.placeOf(mood.valence, mood.arousal), box = mood.box;
    const isOnName = box && x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h;
    return isOnName ? 0 : Math.hypot(x - at.x, y - at.y);
  }

  // The plane fills the pad, with a margin so that its edges can be reached.
  feelingAt(x, y) {
    const { width, height, margin } = this;
    return {
      valence: clamp(((x - margin) / (width - 2 * margin)) * 2 - 1),
      arousal: clamp(1 - ((y - margin) / (height - 2 * margin)) * 2),
    };
  }

  placeOf(valence, arousal) {
    const { width, height, margin } = this;
    return {
      x: margin + ((valence + 1) / 2) * (width - 2 * margin),
      y: margin + ((1 - arousal) / 2) * (height - 2 * margin),
    };
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.element, ratio = Math.min(2, devicePixelRatio || 1);
    if (!width || !height) return;
    Object.assign(this, { width, height, margin: Math.min(30, Math.max(16, width * 0.04)) });
    Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    this.ratio = ratio;
    this.ground = paintGround(this);
    this.layMoods();
  }

  // Moods are buttons over the canvas; their names go where they cover neither another name nor a dot.
  setMoods(moods, buttons) {
    this.moods = moods.map((mood) => ({ ...mood, button: buttons.get(mood.id) }));
    this.layMoods();
  }

  layMoods() {
    const dots = this.moods.map((mood) => ({ ...this.placeOf(mood.valence, mood.arousal), mood }));
    const taken = dots.map(({ x, y }) => ({ x: x - 6, y: y - 6, w: 12, h: 12 }));
    for (const axis of this.element.querySelectorAll(".axis")) {
      const box = axis.getBoundingClientRect(), own = this.element.getBoundingClientRect();
      taken.push({ x: box.left - own.left, y: box.top - own.top, w: box.width, h: box.height });
    }
    for (const { x, y, mood } of dots) {
      mood.button.style.transform = `translate(${x}px, ${y}px)`;
      const name = mood.button.querySelector("span"), w = name.offsetWidth, h = name.offsetHeight;
      const far = ORB_PX + 1, near = 7;  // the orb covers a dot, and what lies nearer, when the feeling is there
      const spots = [[-w / 2, far], [-w / 2, -h - far], [far, -h / 2], [-w - far, -h / 2], [near, far - 2], [-w - near, far - 2], [near, 2 - h - far]];
      const boxes = spots.map(([dx, dy]) => ({ dx, dy, x: x + dx, y: y + dy, w, h }));
      const best = boxes.map((box) => ({ box, cost: this.crowding(box, taken) })).sort((a, b) => a.cost - b.cost)[0].box;
      name.style.transform = `translate(${best.dx}px, ${best.dy}px)`;
      mood.box = best;
      taken.push(best);
    }
  }

  crowding(box, taken) {
    const shared = (a, b) => Math.max(0, Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)) *
      Math.max(0, Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y));
    const isOutside = box.x < 3 || box.y < 3 || box.x + box.w > this.width - 3 || box.y + box.h > this.height - 3;
    return taken.reduce((sum, other) => sum + shared(box, other), isOutside ? 400 : 0);
  }

  draw(nowMs, stepMs) {
    if (!this.ground) return;
    const share = this.fingers.size ? 1 : 1 - Math.exp(-stepMs / EASE_MS), { point, target } = this;
    this.point = {
      valence: point.valence + (target.valence - point.valence) * share,
      arousal: point.arousal + (target.arousal - point.arousal) * share,
    };
    const ink = this.canvas.getContext("2d"), at = this.placeOf(this.point.valence, this.point.arousal);
    const colour = colourOf(this.point.valence, this.point.arousal);
    ink.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    ink.drawImage(this.ground, 0, 0, this.width, this.height);
    this.drawTrail(ink, at, colour, nowMs);
    this.drawRipples(ink, at, colour, nowMs);
    this.drawFingers(ink, at, colour);
    drawOrb(ink, at, colour, this.fingers.size > 0);
    return colour;
  }

  drawTrail(ink, at, colour, nowMs) {
    this.trail.push({ ...at, atMs: nowMs });
    while (nowMs - this.trail[0].atMs > TRAIL_MS) this.trail.shift();
    if (STILL.matches) return;
    ink.lineCap = "butt";
    for (let index = 1; index < this.trail.length; index++) {
      const from = this.trail[index - 1], to = this.trail[index], share = 1 - (nowMs - to.atMs) / TRAIL_MS;
      if (Math.abs(from.x - to.x) + Math.abs(from.y - to.y) < 0.2) continue;
      ink.strokeStyle = css(colour, 0.42 * share * share);
      ink.lineWidth = 1 + 6 * share;
      ink.beginPath();
      ink.moveTo(from.x, from.y);
      ink.lineTo(to.x, to.y);
      ink.stroke();
    }
  }

  drawRipples(ink, at, colour, nowMs) {
    this.ripples = this.ripples.filter((ripple) => nowMs - ripple.at < RIPPLE_MS);
    for (const { at: begun, note } of this.ripples) {
      const share = Math.max(0, nowMs - begun) / RIPPLE_MS;  // a frame is dated from before its drawing
      const reach = (1 - (1 - share) ** 3) * (40 + note.velocity * 1.1);
      ink.strokeStyle = css(colour, 0.5 * (1 - share) ** 2 * (note.velocity / 127 + 0.2));
      ink.lineWidth = 1.6;
      ink.beginPath();
      ink.arc(at.x, at.y, 12 + reach, 0, 7);
      ink.stroke();
    }
  }

  drawFingers(ink, at, colour) {
    if (this.fingers.size < 2) return;
    ink.strokeStyle = css(colour, 0.5);
    ink.lineWidth = 1.5;
    for (const finger of this.fingers.values()) {
      ink.beginPath();
      ink.moveTo(finger.x, finger.y);
      ink.lineTo(at.x, at.y);
      ink.stroke();
      ink.beginPath();
      ink.arc(finger.x, finger.y, 22, 0, 7);
      ink.stroke();
    }
  }
}

function drawOrb(ink, { x, y }, colour, isHeld) {
  const reach = isHeld ? 92 : 74, glow = ink.createRadialGradient(x, y, 0, x, y, reach);
  glow.addColorStop(0, css(colour, 0.6));
  glow.addColorStop(0.28, css(colour, 0.2));
  glow.addColorStop(1, css(colour, 0));
  ink.fillStyle = glow;
  ink.beginPath();
  ink.arc(x, y, reach, 0, 7);
  ink.fill();
  const core = ink.createRadialGradient(x - 3, y - 4, 1, x, y, 12);
  core.addColorStop(0, "#fff");
  core.addColorStop(1, css(colour));
  ink.fillStyle = core;
  ink.beginPath();
  ink.arc(x, y, isHeld ? ORB_PX : ORB_PX - 2, 0, 7);
  ink.fill();
}

// The plane in its colours, dark in the middle; painted once for each size.
function paintGround({ width, height, margin }) {
  const small = document.createElement("canvas"), size = 80;
  small.width = small.height = size;
  const ink = small.getContext("2d"), pixels = ink.createImageData(size, size);
  for (let index = 0; index < size * size; index++) {
    const valence = ((index % size) / (size - 1)) * 2 - 1, arousal = 1 - (Math.floor(index / size) / (size - 1)) * 2;
    const far = Math.min(1, Math.hypot(valence, arousal) / 1.3), light = 0.05 + 0.33 * far ** 1.7;
    const grain = (Math.random() - 0.5) * 1.6;  // else dark gradients show bands
    const colour = colourOf(valence, arousal);
    for (let part = 0; part < 3; part++) pixels.data[index * 4 + part] = [9, 10, 16][part] + colour[part] * light + grain;
    pixels.data[index * 4 + 3] = 255;
  }
  ink.putImageData(pixels, 0, 0);
  const ground = document.createElement("canvas");
  ground.width = Math.round(width * 2);
  ground.height = Math.round(height * 2);
  const on = ground.getContext("2d");
  on.scale(2, 2);
  on.imageSmoothingQuality = "high";
  on.drawImage(small, 0, 0, width, height);
  drawLines(on, width, height, margin);
  return ground;
}

function drawLines(ink, width, height, margin) {
  const x = width / 2, y = height / 2;
  ink.strokeStyle = "rgba(255, 255, 255, 0.07)";
  ink.lineWidth = 1;
  for (const share of [1 / 3, 2 / 3, 1]) {
    ink.beginPath();
    ink.ellipse(x, y, (x - margin) * share, (y - margin) * share, 0, 0, 7);
    ink.stroke();
  }
  ink.beginPath();
  ink.moveTo(margin, y);
  ink.lineTo(width - margin, y);
  ink.moveTo(x, margin);
  ink.lineTo(x, height - margin);
  ink.stroke();
}
