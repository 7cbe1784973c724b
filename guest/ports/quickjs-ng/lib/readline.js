// readline: lines from a stream; on a terminal with simple editing and history.
'use strict';

const EventEmitter = require('events');
const { StringDecoder } = require('string_decoder');

class Interface extends EventEmitter {
  #decoder = new StringDecoder('utf8'); #rest = ''; #question; #prompt; #queue = []; #ended = false; #editor;
  constructor(input, output, completer, terminal) {
    super();
    const options = input?.input ? input : { input, output, completer, terminal };
    Object.assign(this, { input: options.input, output: options.output, line: '', cursor: 0, closed: false, history: options.history ?? [],
      terminal: options.terminal ?? Boolean(options.output?.isTTY && options.input?.isTTY), completer: options.completer });
    this.#prompt = options.prompt ?? '> ';
    this.onData = (chunk) => (this.#editor ? this.#editor.keys(this.#decoder.write(Buffer.from(chunk))) : this.#text(this.#decoder.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)));
    this.onEnd = () => this.#finish();
    this.input.on('data', this.onData);
    this.input.on('end', this.onEnd);
    if (this.terminal && this.input.setRawMode) {
      this.#editor = new Editor(this);
      this.input.setRawMode(true);
    }
    options.signal?.addEventListener('abort', () => this.close());
    this.input.resume?.();
  }
  #text(text) {
    this.#rest += text;
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    for (const line of lines) this.accept(line);
  }
  #finish() {
    this.#ended = true;
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    if (rest) this.accept(rest.replace(/\r$/, ''));
    this.close();
  }
  accept(line) {
    if (this.paused) {
      this.#queue.push(line);
      return;
    }
    const answer = this.#question;
    this.#question = undefined;
    if (answer) answer(line);
    else this.emit('line', line);
  }
  getPrompt() { return this.#prompt; }
  setPrompt(prompt) { this.#prompt = prompt; }
  prompt() {
    if (this.paused) this.resume();
    if (this.#editor) this.#editor.start(this.#prompt);
    else this.output?.write(this.#prompt);
  }
  question(query, options, callback = options) {
    if (this.closed) throw require('internal/errors').coded(Error, 'ERR_USE_AFTER_CLOSE', 'readline was closed');
    this.#question = callback;
    options?.signal?.addEventListener('abort', () => { this.#question = undefined; });
    if (this.#editor) this.#editor.start(query);
    else this.output?.write(query);
    this.resume();
  }
  write(data) {
    if (data !== null && data !== undefined) this.onData(`${data}`);
  }
  pause() {
    if (!this.paused) {
      this.paused = true;
      this.input.pause?.();
      this.emit('pause');
    }
    return this;
  }
  resume() {
    if (this.paused) {
      this.paused = false;
      this.input.resume?.();
      this.emit('resume');
      while (this.#queue.length && !this.paused) this.accept(this.#queue.shift());
    }
    return this;
  }
  close() {
    if (this.closed) return;
    this.closed = true;
    if (this.#editor) this.input.setRawMode(false);
    this.input.removeListener('data', this.onData);
    this.input.removeListener('end', this.onEnd);
    if (!this.#ended) this.input.pause?.();
    this.emit('close');
  }
  async *[Symbol.asyncIterator]() {
    const lines = [];
    let wake = () => {}, closed = this.closed;
    this.on('line', (line) => { lines.push(line); wake(); });
    this.on('close', () => { closed = true; wake(); });
    try {
      for (;;) {
        while (lines.length) yield lines.shift();
        if (closed) return;
        await new Promise((resolve) => { wake = resolve; });
      }
    } finally {
      this.close();
    }
  }
  [Symbol.dispose ?? Symbol.for('dispose')]() { this.close(); }
}

// A line on a terminal in raw mode.
class Editor {
  constructor(owner) {
    Object.assign(this, { owner, prompt: '', at: -1, saved: '' });
  }
  start(prompt) {
    Object.assign(this, { prompt, at: -1 });
    Object.assign(this.owner, { line: '', cursor: 0 });
    this.draw();
  }
  draw() {
    const { line, cursor, output } = this.owner, { width } = require('internal/inspect');
    const back = width(line.slice(cursor));
    output.write(`\r\x1b[K${this.prompt.split('\n').at(-1)}${line}${back ? `\x1b[${back}D` : ''}`);
  }
  insert(text) {
    const { line, cursor } = this.owner;
    this.owner.line = line.slice(0, cursor) + text + line.slice(cursor);
    this.owner.cursor += text.length;
  }
  remove(from, to) {
    const { line } = this.owner;
    this.owner.line = line.slice(0, from) + line.slice(to);
    this.owner.cursor = from;
  }
  recall(step) {
    const { history } = this.owner;
    if (this.at + step < -1 || this.at + step >= history.length) return;
    if (this.at === -1) this.saved = this.owner.line;
    this.at += step;
    this.owner.line = this.at === -1 ? this.saved : history[this.at];
    this.owner.cursor = this.owner.line.length;
  }
  complete() {
    const { completer, line, cursor } = this.owner;
    if (!completer) return this.insert('\t');
    const [hits, part] = completer(line.slice(0, cursor));
    let common = hits[0] ?? '';
    for (const hit of hits) while (!hit.startsWith(common)) common = common.slice(0, -1);
    if (common.length > part.length) this.insert(common.slice(part.length));
    else if (hits.length > 1) this.owner.output.write(`\n${hits.join('  ')}\n`);
    return undefined;
  }
  keys(text) {
    const { owner } = this;
    // Escape sequences whole, else one character at a time.
    for (const [key] of text.matchAll(/\x1b\[[0-9;]*[~A-Za-z]|\x1bO[A-Za-z]|\x1b.|[^]/gu)) {
      if (owner.closed) return;
      const word = /\S*\s*$/.exec(owner.line.slice(0, owner.cursor))[0].length;
      switch (key) {
        case '\r': case '\n': {
          const { line } = owner;
          owner.output.write('\r\n');
          if (line.trim() && owner.history[0] !== line) owner.history.unshift(line);
          Object.assign(owner, { line: '', cursor: 0 });
          owner.accept(line);
          continue;
        }
        case '\x03':
          if (!owner.emit('SIGINT')) owner.close();
          continue;
        case '\x04':
          if (!owner.line) { owner.close(); return; }
          this.remove(owner.cursor, owner.cursor + 1);
          break;
        case '\x7f': case '\b': if (owner.cursor) this.remove(owner.cursor - 1, owner.cursor); break;
        case '\x1b[3~': this.remove(owner.cursor, owner.cursor + 1); break;
        case '\x1b[D': case '\x02': owner.cursor = Math.max(0, owner.cursor - 1); break;
        case '\x1b[C': case '\x06': owner.cursor = Math.min(owner.line.length, owner.cursor + 1); break;
        case '\x01': case '\x1b[H': case '\x1b[1~': owner.cursor = 0; break;
        case '\x05': case '\x1b[F': case '\x1b[4~': owner.cursor = owner.line.length; break;
        case '\x0b': this.remove(owner.cursor, owner.line.length); break;
        case '\x15': this.remove(0, owner.cursor); break;
        case '\x17': this.remove(owner.cursor - word, owner.cursor); break;
        case '\x0c': owner.output.write('\x1b[H\x1b[2J'); break;
        case '\x1b[A': case '\x10': this.recall(1); break;
        case '\x1b[B': case '\x0e': this.recall(-1); break;
        case '\t': this.complete(); break;
        default: if (key >= ' ' && !key.startsWith('\x1b')) this.insert(key);
      }
      this.draw();
    }
  }
}

class PromisesInterface extends Interface {
  question(query, options) { return new Promise((resolve) => super.question(query, options ?? {}, resolve)); }
}

const over = (method) => (stream, ...values) => {
  const callback = typeof values.at(-1) === 'function' ? values.pop() : undefined;
  const done = stream[method] ? stream[method](...values) : true;
  callback?.();
  return done;
};
module.exports = {
  Interface, createInterface: (...values) => new Interface(...values), clearLine: over('clearLine'), cursorTo: over('cursorTo'), moveCursor: over('moveCursor'), clearScreenDown: over('clearScreenDown'),
  emitKeypressEvents(stream) { stream.on('data', (chunk) => { for (const key of `${chunk}`) stream.emit('keypress', key, { sequence: key, name: key === '\r' ? 'return' : key, ctrl: key < ' ', meta: false, shift: false }); }); },
  promises: { Interface: PromisesInterface, createInterface: (...values) => new PromisesInterface(...values) },
};
