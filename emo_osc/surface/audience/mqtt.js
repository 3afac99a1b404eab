// MQTT 3.1.1 over a WebSocket, as much of it as a phone needs that only speaks: CONNECT, PUBLISH with QoS 0, PINGREQ, and
// to come back by itself. Of our own, because the libraries are 100 times as long: mqtt.js has 350 KB, which 2,000 phones
// would load at once over the Wi-Fi of a hall, and Paho's has not been kept up for years.

const CONNECT = 0x10, CONNACK = 0x20, PUBLISH = 0x30, PINGREQ = 0xc0, PINGRESP = 0xd0, CLEAN_SESSION = 0x02;
const KEEP_ALIVE_S = 30, PING_MS = 4000, SILENCE_MS = 10000, CONNECT_MS = 10000;
const FIRST_WAIT_MS = 700, LONGEST_WAIT_MS = 20000;

const encoder = new TextEncoder();

// A text as MQTT writes it: its length in two bytes, then UTF-8.
function text(value) {
  const bytes = encoder.encode(value);
  return [bytes.length >> 8, bytes.length & 0xff, ...bytes];
}

// A packet: its kind, the length of the rest seven bits at a time, the rest.
export function packet(kind, ...parts) {
  const body = parts.flatMap((part) => [...part]), length = [];
  let left = body.length;
  do {
    length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    left >>= 7;
  } while (left);
  return new Uint8Array([kind, ...length, ...body]);
}

export class Mqtt {
  // `onState` is told `connecting`, `connected`, `lost` or `refused`.
  constructor(url, id, onState) {
    Object.assign(this, { url, id, onState, waitMs: FIRST_WAIT_MS, isIn: false });
    this.connect();
    setInterval(() => this.ping(), PING_MS);
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  // Publish now, or not at all: false where there is no connection, or the network has not taken the last message yet.
  publish(topic, payload) {
    if (!this.isIn || this.socket.bufferedAmount) return false;
    this.socket.send(packet(PUBLISH, text(topic), encoder.encode(payload)));
    return true;
  }

  connect() {
    clearTimeout(this.timer);
    this.onState("connecting");
    this.rest = [];
    let socket;
    try {
      socket = this.socket = new WebSocket(this.url, ["mqtt"]);
    } catch { return this.lose("lost"); }  // a page of https may not open ws:
    socket.binaryType = "arraybuffer";
    this.heardMs = performance.now();
    socket.onopen = () => socket.send(packet(CONNECT, text("MQTT"), [4, CLEAN_SESSION, 0, KEEP_ALIVE_S], text(this.id)));
    socket.onmessage = (event) => socket === this.socket && this.hear(new Uint8Array(event.data));
    socket.onclose = () => socket === this.socket && this.lose("lost");
    this.timer = setTimeout(() => this.isIn || this.drop("lost"), CONNECT_MS);
  }

  // The broker says no more than CONNACK and PINGRESP; either may come in pieces.
  hear(bytes) {
    this.heardMs = performance.now();
    this.rest.push(...bytes);
    while (this.rest.length >= 2 && this.rest.length >= 2 + this.rest[1]) {
      const [kind, length, , code] = this.rest;
      if (kind === CONNACK && code) return this.drop("refused");
      if (kind === CONNACK) this.enter();
      else if (kind !== PINGRESP) return this.drop("lost");
      this.rest.splice(0, 2 + length);
    }
  }

  enter() {
    clearTimeout(this.timer);
    this.isIn = true;
    this.waitMs = FIRST_WAIT_MS;
    this.onState("connected");
  }

  drop(state) {
    this.socket.onclose = null;
    this.socket.close();
    this.lose(state);
  }

  // A broker that comes back is not to be met by all at once: each waits between half of its time and all of it.
  lose(state) {
    clearTimeout(this.timer);
    this.isIn = false;
    this.onState(state);
    this.timer = setTimeout(() => this.connect(), this.waitMs * (0.5 + Math.random() / 2));
    this.waitMs = Math.min(LONGEST_WAIT_MS, this.waitMs * 1.8);
  }

  // A phone that was asleep leaves a socket that looks open and is not.
  ping() {
    if (!this.isIn) return;
    if (performance.now() - this.heardMs > SILENCE_MS) this.drop("lost");
    else if (!this.socket.bufferedAmount) this.socket.send(packet(PINGREQ));
  }

  hurry() {
    if (this.isIn) return this.ping();
    if (this.socket?.readyState === WebSocket.CONNECTING) return;
    this.waitMs = FIRST_WAIT_MS;
    this.connect();
  }
}
