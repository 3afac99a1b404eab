// The WebSocket to the web process: it comes back by itself, and tells how long a message takes there and back.

const FIRST_WAIT_MS = 250, LONGEST_WAIT_MS = 3000, PING_MS = 2000, SILENCE_MS = 7000;

export class Link {
  constructor({ onTold, onOpen, onLost }) {
    this.tripMs = null;
    this.hear = onTold;
    this.onOpen = onOpen;
    this.onLost = onLost;
    this.waitMs = FIRST_WAIT_MS;
    this.pending = new Map();
    this.connect();
    setInterval(() => this.ping(), PING_MS);
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  get isOpen() { return this.socket.readyState === WebSocket.OPEN; }

  // One command, now; while there is no connection it is dropped: late music is wrong music.
  send(address, ...values) {
    if (this.isOpen) this.socket.send(JSON.stringify([address, ...values]));
  }

  // A value that keeps changing: the newest goes with the next frame of the screen.
  slide(address, ...values) {
    if (!this.pending.size) requestAnimationFrame(() => this.flush());
    this.pending.set(address, values);
  }

  flush() {
    for (const [address, values] of this.pending) this.send(address, ...values);
    this.pending.clear();
  }

  connect() {
    clearTimeout(this.timer);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = this.socket = new WebSocket(`${scheme}://${location.host}/pad/socket`);
    socket.onopen = () => { this.waitMs = FIRST_WAIT_MS; this.heardMs = performance.now(); this.onOpen(); this.ping(); };
    socket.onmessage = (event) => {
      if (socket !== this.socket) return;
      this.heardMs = performance.now();
      for (const told of JSON.parse(event.data)) this.take(told);
    };
    socket.onclose = () => socket === this.socket && this.lose();
  }

  take(told) {
    if (told.kind === "pong") this.tripMs = performance.now() - told.token;
    else this.hear(told);
  }

  lose() {
    this.onLost();
    this.timer = setTimeout(() => this.connect(), this.waitMs);
    this.waitMs = Math.min(LONGEST_WAIT_MS, this.waitMs * 1.7);
  }

  hurry() {
    if (this.isOpen || this.socket.readyState === WebSocket.CONNECTING) return;
    this.waitMs = FIRST_WAIT_MS;
    this.connect();
  }

  // A phone that was asleep, or a cable that was pulled, leaves a socket that looks open and is not.
  ping() {
    if (!this.isOpen) return;
    if (performance.now() - this.heardMs > SILENCE_MS) {
      this.socket.onclose = null;
      this.socket.close();
      this.lose();
    } else this.send("ping", performance.now());
  }
}
