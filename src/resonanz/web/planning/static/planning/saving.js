// Saves what people write, by itself and in order: one request at a time, repeated until it has arrived.

const PAUSE_MS = 700;
const RETRY_MS = 4000;

/** One form that saves itself. `collect()` gives its fields; `answered(data)` hears what the server said. */
class Part {
  constructor(saver, { address, version, collect, answered, takeTheirs }) {
    Object.assign(this, { saver, address, version, collect, answered, takeTheirs, dirty: false, force: false });
  }

  touch() {
    this.dirty = true;
    this.saver.soon();
  }
}

export class Saver {
  constructor({ writer, csrf, onState, onConflict, onNotes }) {
    Object.assign(this, { writer, csrf, onState, onConflict, onNotes, parts: [], running: null, timer: null, stuck: false });
    window.addEventListener("beforeunload", (event) => { if (this.pending) event.preventDefault(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.flush(); });
    window.addEventListener("online", () => this.flush());
  }

  /** The first part is what the others hang on: it is stored before any of them. */
  part(options) {
    const made = new Part(this, options);
    this.parts.push(made);
    return made;
  }

  get pending() { return this.running !== null || this.parts.some((part) => part.dirty); }

  soon(wait = PAUSE_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), wait);
  }

  /** Store everything that is not stored. Resolves to whether it is. */
  async flush() {
    clearTimeout(this.timer);
    if (this.running) await this.running;
    if (!this.parts.some((part) => part.dirty)) return true;
    this.running = this.#storeAll();
    const stored = await this.running;
    this.running = null;
    if (stored && this.parts.some((part) => part.dirty)) return this.flush();
    return stored;
  }

  async #storeAll() {
    const [first, ...others] = this.parts;
    if (first.version === 0) first.dirty = true;
    for (const part of [first, ...others]) {
      if (part.dirty && !(await this.#store(part))) return false;
    }
    return true;
  }

  async #store(part) {
    const body = new FormData();
    for (const [name, value] of Object.entries(part.collect())) body.append(name, value);
    body.append("version", part.version);
    body.append("writer", this.writer);
    if (part.force) body.append("force", "yes");
    part.dirty = false; // whatever is typed from here on makes it dirty again
    this.onState("saving");
    let response;
    try {
      response = await fetch(part.address, { method: "POST", body, headers: { "X-CSRFToken": this.csrf } });
    } catch {
      return this.#later(part);
    }
    if (response.status >= 500 || response.redirected) return this.#later(part);
    const data = await response.json().catch(() => ({}));
    if (response.status === 409) return this.#conflict(part, data);
    if (!response.ok) {
      part.dirty = true;
      this.onState("refused", data.sentence ?? "");
      return false;
    }
    part.version = data.version;
    part.force = false;
    part.answered?.(data);
    this.onNotes(data.notes ?? {});
    this.onState("saved", data.saved);
    return true;
  }

  #later(part) {
    part.dirty = true;
    this.onState("unsaved");
    this.soon(RETRY_MS);
    return false;
  }

  #conflict(part, data) {
    part.dirty = true;
    this.onState("refused", "");
    this.onConflict(data.html, {
      keep: () => { part.force = true; this.flush(); },
      take: () => { part.dirty = false; part.version = data.version; part.takeTheirs(data); },
    });
    return false;
  }
}
