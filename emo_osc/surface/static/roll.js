// The piano roll: the sixteen bars that play, a line where we are, and the phrase that waits from where it enters.

import { css } from "./colours.js";

const BARS = 16, STEPS = 256, LEAST_SPAN = 14, EASE = 0.12, GLOW_MS = 500;

// "00043c50.." of eight bars -> notes in 16ths from the phrase's start.
export function readNotes(text, part) {
  const notes = [];
  for (let at = 0; at + 8 <= text.length; at += 8) {
    const [step, length, pitch, velocity] = [0, 2, 4, 6].map((byte) => parseInt(text.slice(at + byte, at + byte + 2), 16));
    notes.push({ step: step + (part - 1) * (STEPS / 2), length, pitch, velocity });
  }
  return notes;
}

export class Roll {
  constructor(canvas) {
    this.canvas = canvas;
    this.parts = { now: [[], []], next: [[], []] };
    this.coming = 0;
    this.bar = 0;
    this.barMs = performance.now();
    this.tempo = 120;
    this.isPlaying = false;
    this.low = 55;
    this.high = 80;
    this.struck = new Map();
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
  }

  set(which, part, text) { this.parts[which][part - 1] = readNotes(text, part); }

  notes(which) { return this.parts[which].flat(); }

  // A bar begins now.
  begin(bar) {
    this.bar = bar;
    this.barMs = performance.now();
  }

  strike(note, nowMs) { this.struck.set(note.pitch, nowMs); }

  resize() {
    const ratio = Math.min(2, devicePixelRatio || 1), { clientWidth: width, clientHeight: height } = this.canvas;
    Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(this, { ratio, width, height });
  }

  // Bars since play began, as far as this screen can tell.
  position(nowMs) {
    if (!this.isPlaying || this.bar < 1) return 0;
    return this.bar - 1 + Math.min(0.999, Math.max(0, ((nowMs - this.barMs) * this.tempo) / 240000));
  }

  draw(nowMs, colour) {
    const ink = this.canvas.getContext("2d"), position = this.position(nowMs);
    const now = this.notes("now"), next = this.notes("next");
    this.follow([...now, ...next]);
    ink.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    ink.clearRect(0, 0, this.width, this.height);
    this.drawBars(ink, position);
    const wait = next.length && this.coming ? this.coming - 1 - position : Infinity;
    for (const note of now) this.drawNote(ink, note, colour, this.light(note, position, wait, nowMs), false);
    if (wait < Infinity) for (const note of next) {
      const isPast = note.step / 16 < position % BARS;
      if (this.ahead(note, position) >= wait) this.drawNote(ink, note, colour, isPast ? 0.13 : 0.55, true);
    }
    this.drawHead(ink, position, colour);
  }

  // How many bars from now a note of the phrase comes round.
  ahead(note, position) { return (((note.step / 16 - position) % BARS) + BARS) % BARS; }

  light(note, position, wait, nowMs) {
    const head = (position % BARS) * 16, isOn = this.isPlaying && note.step <= head && head < note.step + note.length;
    if (isOn) return 1.3 - 0.3 * Math.max(0, Math.min(1, (nowMs - (this.struck.get(note.pitch) ?? 0)) / GLOW_MS));
    if (note.step < head) return 0.26;
    return this.ahead(note, position) >= wait ? 0.1 : 0.62;
  }

  follow(notes) {
    if (!notes.length) return;
    const pitches = notes.map((note) => note.pitch);
    let low = Math.min(...pitches) - 2, high = Math.max(...pitches) + 2;
    const spare = Math.max(0, LEAST_SPAN - (high - low)) / 2;
    this.low += (low - spare - this.low) * EASE;
    this.high += (high + spare - this.high) * EASE;
  }

  drawBars(ink, position) {
    const { width, height } = this, current = Math.floor(position % BARS);
    if (this.isPlaying) {
      ink.fillStyle = "rgba(255, 255, 255, 0.035)";
      ink.fillRect((current / BARS) * width, 0, width / BARS, height);
    }
    for (let bar = 0; bar <= BARS; bar++) {
      ink.fillStyle = `rgba(255, 255, 255, ${bar % 4 ? 0.06 : 0.16})`;
      ink.fillRect(Math.min(width - 1, (bar / BARS) * width), 0, 1, height);
    }
  }

  drawNote(ink, { step, length, pitch, velocity }, colour, light, isWaiting) {
    const row = this.height / (this.high - this.low + 1), thick = Math.max(2.5, Math.min(9, row * 0.8));
    const x = (step / STEPS) * this.width + 1, y = (this.high - pitch + 0.5) * row - thick / 2;
    const w = Math.max(2.5, (length / STEPS) * this.width - 2);
    ink.beginPath();
    ink.roundRect(x, y, w, thick, thick / 2);
    if (isWaiting) {
      ink.strokeStyle = css([255, 255, 255], light);
      ink.lineWidth = 1;
      ink.stroke();
      return;
    }
    const strong = light > 1, shade = strong ? colour.map((part) => part + (255 - part) * 0.55) : colour;
    ink.shadowColor = css(colour, 0.9);
    ink.shadowBlur = strong ? 14 * (light - 0.9) * 3 : 0;
    ink.fillStyle = css(shade, Math.min(1, light * (0.55 + velocity / 200)));
    ink.fill();
    ink.shadowBlur = 0;
  }

  drawHead(ink, position, colour) {
    if (!this.isPlaying) return;
    const x = ((position % BARS) / BARS) * this.width;
    const tail = ink.createLinearGradient(x - 36, 0, x, 0);
    tail.addColorStop(0, css(colour, 0));
    tail.addColorStop(1, css(colour, 0.22));
    ink.fillStyle = tail;
    ink.fillRect(x - 36, 0, 36, this.height);
    ink.fillStyle = "rgba(255, 255, 255, 0.85)";
    ink.fillRect(x, 0, 1.5, this.height);
  }
}
