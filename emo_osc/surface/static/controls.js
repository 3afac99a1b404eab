// The hands: every control of the page, made from the tables the stage is played by.

import { isKorean, word } from "./words.js";

const HELD_MS = 400;  // how long after our own change the stage's echo of it is not shown
const APART = new Set(["valence", "arousal", "tempo"]);  // these have places of their own
const BEHIND = new Set(["channel", "chords_channel", "bass_channel", "latency_ms"]);  // set once, before the show
const FACTS = ["clock", "studio", "midi_out", "midi_in", "realtime", "shelf", "received", "dropped"];
const LIVELY = new Set(["shelf", "received", "dropped"]);  // asked for; the stage does not push them
const MODES = new Set(["jump", "pickup", "relative", "relative-offset", "relative-signed"]);  // how a MIDI control takes hold, behind its name
const GOTO_BARS = ["0", "1", "2", "4", "8", "16", "32"];
const byId = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...inside);
  return element;
}

export class Controls {
  constructor(link) {
    this.link = link;
    this.rows = new Map();
    this.state = {};
    this.touched = new Map();
    this.isLearning = false;
    for (const button of document.querySelectorAll("[data-send]")) {
      button.addEventListener("click", () => this.press(button.dataset.send));
    }
    this.wireTransport();
    this.wireLearning();
  }

  // Tables may differ from one daemon to the next: everything is made anew.
  build({ values, commands, presets }) {
    this.table = new Map(values.map((value) => [value.name, value]));
    for (const name of ["key", "scale"]) fill(byId(name), this.table.get(name).arguments[0].choices);
    fill(byId("preset"), presets);
    fill(byId("goto"), GOTO_BARS);
    this.buildQuantize(this.table.get("quantize").arguments[0].choices);
    this.buildRows(values);
    byId("learn").hidden = !commands.includes("/emo/midi/learn");
    byId("facts").replaceChildren(...FACTS.map((name) => this.fact(name)), this.fact("trip"));
    this.relabel();
  }

  relabel() {
    byId("keep-name").placeholder = word("keep_name");
    byId("keep-name").setAttribute("aria-label", word("keep_name"));
    for (const [name, { label }] of this.rows) label.textContent = word(name);
    for (const select of ["key", "scale", "preset"]) {
      for (const option of byId(select).options) option.textContent = choiceWord(option.value);
    }
    for (const option of byId("goto").options) option.textContent = barsWord(Number(option.value));
    for (const chip of document.querySelectorAll("#quantize span")) chip.textContent = word(chip.dataset.choice);
    for (const term of document.querySelectorAll("#facts dt")) term.textContent = word(`fact_${term.dataset.fact}`);
    for (const name of Object.keys(this.state)) this.show(name, this.state[name]);
  }

  // A button that asks for something; while learning, a MIDI control shall press it from now on.
  press(address) {
    if (this.isLearning) this.learn(address.split("/").pop());
    else this.link.send(address);
  }

  // A value as the stage tells it.
  show(name, values) {
    this.state[name] = values;
    const isOurs = performance.now() - (this.touched.get(name) ?? -Infinity) < HELD_MS;
    if (this.rows.has(name)) this.showRow(name, values[0], isOurs);
    SHOWN[name]?.(this, values, isOurs);
    const fact = document.querySelector(`#facts dd[data-fact="${name}"]`);
    if (fact) fact.textContent = name === "realtime" ? word(values[0] ? "yes" : "no") : values[0] === "" ? "–" : values[0];
  }

  showDelay(name, figures) {
    const tbody = byId("delays"), count = figures[figures.length - 1];
    let row = tbody.querySelector(`[data-delay="${name}"]`);
    if (!row) tbody.append(row = make("tr", { "data-delay": name }, make("th", { scope: "row" }), ...figures.map(() => make("td"))));
    row.firstChild.textContent = word(name);
    figures.forEach((figure, index) => {
      const isCount = index === figures.length - 1;
      row.children[index + 1].textContent = isCount ? figure : count ? figure.toFixed(figure < 10 ? 2 : 0) : "–";
    });
  }

  showTrip(ms) {
    const fact = document.querySelector('#facts dd[data-fact="trip"]');
    if (fact && ms !== null) fact.textContent = `${ms.toFixed(1)} ms`;
  }

  // What the stage counts and does not push.
  askFacts() {
    if (document.querySelector(".health").open) for (const name of LIVELY) this.link.send(`/emo/get/${name}`);
  }

  fact(name) {
    return make("div", {}, make("dt", { "data-fact": name }), make("dd", { "data-fact": name }, "–"));
  }

  buildQuantize(choices) {
    const legend = byId("quantize").querySelector("legend");
    const chips = choices.map((choice) => {
      const input = make("input", { type: "radio", name: "quantize", value: choice });
      input.addEventListener("change", () => this.choose("quantize", choice));
      return make("label", {}, input, make("span", { "data-choice": choice }));
    });
    byId("quantize").replaceChildren(legend, ...chips);
  }

  buildRows(values) {
    this.rows.clear();
    const rows = values.filter((value) => isRow(value)).map((value) => [value.name, this.row(value)]);
    const [front, behind] = [false, true].map((want) => rows.filter(([name]) => BEHIND.has(name) === want));
    const more = make("details", { class: "more" }, make("summary", { "data-word": "more" }, word("more")));
    more.append(make("div", { class: "rows" }, ...behind.map(([, row]) => row)));
    byId("values").replaceChildren(make("div", { class: "rows" }, ...front.map(([, row]) => row)), more);
  }

  row({ name, says, arguments: [argument] }) {
    const step = argument.kind === "i" ? 1 : (argument.high - argument.low) / 100;
    const input = make("input", { type: "range", min: `${argument.low}`, max: `${argument.high}`, step: `${step}` });
    const label = make("span", { class: "name" }), output = make("output");
    input.addEventListener("input", () => {
      this.touched.set(name, performance.now());
      this.paintRow(name, Number(input.value));
      this.link.slide(`/emo/set/${name}`, Number(input.value));
    });
    input.addEventListener("dblclick", () => this.link.send(`/emo/get/${name}`));
    const badge = make("button", { type: "button", class: "badge", hidden: true });
    badge.addEventListener("click", () => this.link.send("/emo/midi/forget", name));
    this.rows.set(name, { input, label, output, argument, badge });
    return make("label", { class: "value", title: says, "data-value": name }, label, badge, output, input);
  }

  showRow(name, value, isOurs) {
    if (isOurs) return;
    this.rows.get(name).input.value = value;
    this.paintRow(name, value);
  }

  paintRow(name, value) {
    const { input, output, argument } = this.rows.get(name);
    output.textContent = argument.kind === "i" ? Math.round(value) : Number(value.toFixed(2));
    const share = (value - argument.low) / (argument.high - argument.low);
    const zero = Math.max(0, Math.min(1, -argument.low / (argument.high - argument.low)));
    const begin = argument.low < 0 ? Math.min(share, zero) : 0, end = argument.low < 0 ? Math.max(share, zero) : share;
    input.style.setProperty("--begin", `${begin * 100}%`);
    input.style.setProperty("--end", `${end * 100}%`);
  }

  choose(name, value) {
    this.touched.set(name, performance.now());
    this.link.send(`/emo/${name}`, value);
  }

  wireTransport() {
    byId("play").addEventListener("click", () => this.toggle());
    byId("tempo").addEventListener("change", ({ target }) => this.choose("tempo", Number(target.value)));
    byId("slower").addEventListener("click", () => this.choose("tempo", Math.round(this.tempo - 1)));
    byId("faster").addEventListener("click", () => this.choose("tempo", Math.round(this.tempo + 1)));
    for (const name of ["key", "scale", "preset"]) {
      byId(name).addEventListener("change", ({ target }) => this.choose(name, target.value));
    }
    byId("keep").addEventListener("submit", (event) => {
      event.preventDefault();
      this.keep();
    });
  }

  // Bars over which a feeling that is touched is reached; 0 is at once.
  get gotoBars() { return Number(byId("goto").value); }

  get tempo() { return this.state.tempo?.[0] ?? 120; }

  toggle() { this.link.send(this.state.playing?.[0] ? "/emo/stop" : "/emo/play"); }

  keep() {
    const name = byId("keep-name").value.trim();
    this.link.send("/emo/keep", ...(name ? [name] : []));
    byId("keep-name").value = "";
  }

  // A touch on a control, while learning, chooses what the next MIDI controller moves.
  wireLearning() {
    const pick = (event) => {
      const row = this.isLearning && event.target.closest("[data-value]");
      if (!row) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.type === "click") this.learn(row.dataset.value);
    };
    for (const type of ["pointerdown", "mousedown", "click"]) byId("values").addEventListener(type, pick, true);
    byId("learn").addEventListener("click", () => this.setLearning(!this.isLearning));
  }

  setLearning(isLearning) {
    this.isLearning = isLearning;
    document.body.classList.toggle("learning", isLearning);
    byId("learn").setAttribute("aria-pressed", isLearning);
    this.onTell?.(isLearning ? word("learn_pick") : "");
  }

  learn(name, title = word(name)) {
    this.link.send("/emo/midi/learn", name);
    this.setLearning(false);
    this.asked = { name, title };
    this.onTell?.(word("learn_move", title));
  }

  // Which MIDI controls do what: "cc74@2 density pickup", one text each.
  showMapping(lines) {
    const controls = new Map(lines.filter(Boolean).map((line) => {
      const [control, ...role] = line.split(" ");
      if (role.length > 1 && MODES.has(role.at(-1))) role.pop();
      return [role.join(" "), control];
    }));
    for (const [name, { badge }] of this.rows) {
      const control = controls.get(name);
      badge.hidden = !control;
      badge.textContent = control?.split("@")[0] ?? "";  // there is room for the number alone
      badge.title = word("learn_forget", control, word(name));
      badge.setAttribute("aria-label", badge.title);
    }
  }

  // What waits for a control, on whichever pad it was asked for.
  showWaiting(waiting) {
    for (const row of document.querySelectorAll("[data-value]")) row.classList.toggle("waiting", row.dataset.value === waiting);
  }

  // Our own request was answered: the control is known.
  learned(name, control) {
    if (this.asked?.name !== name || control === "waiting") return;
    this.onTell?.(word("learned", this.asked.title, control));
    this.asked = null;
  }

  showKept(names) {
    const chips = names.filter((name) => name !== "").map((name) => {
      const isOn = this.state.phrase?.[0] === name;
      const chip = make("button", { type: "button", "aria-pressed": `${isOn}`, "aria-label": word("recall", name) }, name);
      chip.addEventListener("click", () => this.link.send("/emo/recall", name));
      return chip;
    });
    byId("kept").replaceChildren(...(chips.length ? chips : [make("p", { class: "hint" }, word("nothing_kept"))]));
  }
}

// Value -> what it changes beside its row.
const SHOWN = {
  playing: (_, [isPlaying]) => {
    byId("play").textContent = word(isPlaying ? "stop" : "play");
    byId("play").classList.toggle("on", Boolean(isPlaying));
    byId("continue").hidden = Boolean(isPlaying);
  },
  tempo: (_, [tempo], isOurs) => {
    if (!isOurs && document.activeElement !== byId("tempo")) byId("tempo").value = Number(tempo.toFixed(1));
  },
  quantize: (_, [quantize]) => {
    for (const chip of document.querySelectorAll("#quantize input")) chip.checked = chip.value === quantize;
  },
  key: (_, [key]) => { byId("key").value = key; },
  scale: (_, [scale]) => { byId("scale").value = scale; },
  preset: (_, [preset]) => { byId("preset").value = preset; },
  learning: (_, [bars]) => {
    byId("phrase-learn").textContent = bars ? word("learning", barsWord(bars)) : word("learn");
    byId("phrase-learn").setAttribute("aria-pressed", `${Boolean(bars)}`);
  },
  kept: (controls, names) => controls.showKept(names),
  phrase: (controls) => controls.showKept(controls.state.kept ?? []),
  mapping: (controls, lines) => controls.showMapping(lines),
  midi_learning: (controls, [waiting]) => controls.showWaiting(waiting),
};

function isRow({ name, is_settable: isSettable, arguments: [argument, ...others] }) {
  return isSettable && !others.length && argument.low !== null && !APART.has(name);
}

function fill(select, choices) {
  select.replaceChildren(...choices.map((choice) => make("option", { value: choice })));
}

const barsWord = (bars) => (bars === 0 ? word("at_once") : bars === 1 ? word("bars_one") : word("bars", bars));

const choiceWord = (choice) => (choice === "auto" || choice === "current" ? word(choice) : choice.replaceAll("_", " "));

export const moodName = (mood) => (isKorean() ? mood.korean : mood.id);
