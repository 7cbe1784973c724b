// events: EventEmitter, and the web's Event, EventTarget, AbortController.
'use strict';

const { coded, functionArgument, invalidArgument } = require('internal/errors');
const kCapture = Symbol('kCapture');

function EventEmitter(options) {
  EventEmitter.init.call(this, options);
}
EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;
EventEmitter.defaultMaxListeners = 10;
EventEmitter.init = function init(options) {
  if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
    this._events = Object.create(null);
    this._eventsCount = 0;
  }
  this._maxListeners ??= undefined;
  if (options?.captureRejections) this[kCapture] = true;
};

const listOf = (emitter, name) => {
  const found = emitter._events?.[name];
  return found === undefined ? [] : typeof found === 'function' ? [found] : found;
};

function add(emitter, name, listener, first) {
  functionArgument(listener, 'listener');
  if (emitter._events === undefined) {
    emitter._events = Object.create(null);
    emitter._eventsCount = 0;
  }
  if (emitter._events.newListener !== undefined) emitter.emit('newListener', name, listener.listener ?? listener);
  const found = emitter._events[name];
  if (found === undefined) {
    emitter._events[name] = listener;
    emitter._eventsCount++;
  } else {
    const list = typeof found === 'function' ? [found] : [...found];
    if (first) list.unshift(listener);
    else list.push(listener);
    emitter._events[name] = list;
    const limit = emitter.getMaxListeners();
    if (limit > 0 && list.length > limit && !emitter._warned?.has(name)) {
      (emitter._warned ??= new Set()).add(name);
      process.emitWarning(`Possible EventEmitter memory leak detected. ${list.length} ${String(name)} listeners added to [${emitter.constructor.name}]. ` +
        `MaxListeners is ${limit}. Use emitter.setMaxListeners() to increase limit`, 'MaxListenersExceededWarning');
    }
  }
  return emitter;
}

function onceWrapper(emitter, name, listener) {
  functionArgument(listener, 'listener');
  let fired = false;
  const wrapper = function (...values) {
    if (fired) return undefined;
    fired = true;
    emitter.removeListener(name, wrapper);
    return listener.apply(emitter, values);
  };
  wrapper.listener = listener;
  return wrapper;
}

Object.assign(EventEmitter.prototype, {
  setMaxListeners(count) {
    this._maxListeners = count;
    return this;
  },
  getMaxListeners() { return this._maxListeners ?? EventEmitter.defaultMaxListeners; },
  emit(name, ...values) {
    const list = listOf(this, name);
    if (name === 'error' && !list.length) {
      const error = values[0];
      if (error instanceof Error) throw error;
      const { inspect } = require('internal/inspect');
      const thrown = coded(Error, 'ERR_UNHANDLED_ERROR', `Unhandled error. (${typeof error === 'string' ? `'${error}'` : inspect(error)})`);
      thrown.context = error;
      throw thrown;
    }
    if (!list.length) return false;
    for (const listener of [...list]) {
      const result = listener.apply(this, values);
      if (this[kCapture] && result && typeof result.then === 'function') result.then(undefined, (error) => process.nextTick(() => this.emit('error', error)));
    }
    return true;
  },
  on(name, listener) { return add(this, name, listener, false); },
  prependListener(name, listener) { return add(this, name, listener, true); },
  once(name, listener) { return this.on(name, onceWrapper(this, name, listener)); },
  prependOnceListener(name, listener) { return this.prependListener(name, onceWrapper(this, name, listener)); },
  removeListener(name, listener) {
    functionArgument(listener, 'listener');
    const list = listOf(this, name);
    const at = list.findLastIndex((item) => item === listener || item.listener === listener);
    if (at === -1) return this;
    const left = list.filter((_, i) => i !== at);
    if (left.length) {
      this._events[name] = left.length === 1 ? left[0] : left;
    } else {
      delete this._events[name];
      this._eventsCount--;
    }
    if (this._events.removeListener !== undefined) this.emit('removeListener', name, list[at].listener ?? listener);
    return this;
  },
  removeAllListeners(name) {
    const names = name === undefined ? Reflect.ownKeys(this._events ?? {}) : [name];
    for (const key of names) for (const listener of [...listOf(this, key)].reverse()) this.removeListener(key, listener);
    return this;
  },
  listeners(name) { return listOf(this, name).map((listener) => listener.listener ?? listener); },
  rawListeners(name) { return [...listOf(this, name)]; },
  listenerCount(name, listener) {
    const list = listOf(this, name);
    return listener ? list.filter((item) => item === listener || item.listener === listener).length : list.length;
  },
  eventNames() { return this._eventsCount > 0 ? Reflect.ownKeys(this._events) : []; },
});
EventEmitter.prototype.addListener = EventEmitter.prototype.on;
EventEmitter.prototype.off = EventEmitter.prototype.removeListener;
for (const name of Object.keys(EventEmitter.prototype)) if (!name.startsWith('_')) Object.defineProperty(EventEmitter.prototype, name, { enumerable: true });

function abortError(signal) {
  const error = new Error('The operation was aborted', signal?.reason === undefined ? undefined : { cause: signal.reason });
  error.name = 'AbortError';
  error.code = 'ABORT_ERR';
  return error;
}

EventEmitter.once = (emitter, name, options) => new Promise((resolve, reject) => {
  if (options?.signal?.aborted) return reject(abortError(options.signal));
  if (typeof emitter.addEventListener === 'function') return emitter.addEventListener(name, (event) => resolve([event]), { once: true });
  const failed = (error) => {
    emitter.removeListener(name, done);
    reject(error);
  };
  const done = (...values) => {
    emitter.removeListener('error', failed);
    resolve(values);
  };
  emitter.once(name, done);
  if (name !== 'error') emitter.once('error', failed);
  return undefined;
});

EventEmitter.on = (emitter, name, options) => {
  const values = [], waiting = [];
  let failure, finished = false;
  const push = (...got) => (waiting.length ? waiting.shift().resolve({ value: got, done: false }) : values.push(got));
  const fail = (error) => {
    failure = error;
    waiting.shift()?.reject(error);
  };
  emitter.on(name, push);
  if (name !== 'error') emitter.on('error', fail);
  const stop = () => {
    finished = true;
    emitter.removeListener(name, push);
    emitter.removeListener('error', fail);
    for (const { resolve } of waiting.splice(0)) resolve({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  };
  for (const event of options?.close ?? []) emitter.on(event, stop);
  options?.signal?.addEventListener('abort', () => fail(abortError(options.signal)));
  return {
    next() {
      if (values.length) return Promise.resolve({ value: values.shift(), done: false });
      if (failure) return Promise.reject(failure);
      if (finished) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return: stop,
    throw: (error) => { fail(error); return stop(); },
    [Symbol.asyncIterator]() { return this; },
  };
};
EventEmitter.listenerCount = (emitter, name) => emitter.listenerCount(name);
EventEmitter.getEventListeners = (emitter, name) => (emitter.listeners ? emitter.listeners(name) : emitter.listenersOf(name));
EventEmitter.setMaxListeners = (count, ...emitters) => emitters.forEach((emitter) => emitter.setMaxListeners?.(count));
EventEmitter.errorMonitor = Symbol('events.errorMonitor');
EventEmitter.captureRejectionSymbol = Symbol.for('nodejs.rejection');

class Event {
  #type; #options; #stopped = false; #prevented = false;
  target = null; currentTarget = null; timeStamp = native.now();
  constructor(type, options = {}) {
    this.#type = `${type}`;
    this.#options = options ?? {};
    for (const key of ['target', 'currentTarget', 'timeStamp']) Object.defineProperty(this, key, { enumerable: false });
  }
  get type() { return this.#type; }
  get bubbles() { return Boolean(this.#options.bubbles); }
  get cancelable() { return Boolean(this.#options.cancelable); }
  get defaultPrevented() { return this.#prevented; }
  get stopped() { return this.#stopped; }
  preventDefault() { if (this.cancelable) this.#prevented = true; }
  stopPropagation() {}
  stopImmediatePropagation() { this.#stopped = true; }
}

class CustomEvent extends Event {
  #detail;
  constructor(type, options) {
    super(type, options);
    this.#detail = options?.detail ?? null;
  }
  get detail() { return this.#detail; }
}

class EventTarget {
  #listeners = new Map();
  addEventListener(type, listener, options) {
    if (listener === null || listener === undefined) return;
    const list = this.#listeners.get(type) ?? [];
    if (list.some((item) => item.listener === listener)) return;
    this.#listeners.set(type, [...list, { listener, once: typeof options === 'object' && options?.once }]);
    options?.signal?.addEventListener('abort', () => this.removeEventListener(type, listener));
  }
  removeEventListener(type, listener) {
    this.#listeners.set(type, (this.#listeners.get(type) ?? []).filter((item) => item.listener !== listener));
  }
  listenersOf(type) { return (this.#listeners.get(type) ?? []).map((item) => item.listener); }
  dispatchEvent(event) {
    if (!(event instanceof Event)) throw invalidArgument('event', 'an instance of Event', event);
    event.target = event.currentTarget = this;
    for (const { listener, once } of this.#listeners.get(event.type) ?? []) {
      if (once) this.removeEventListener(event.type, listener);
      if (typeof listener === 'function') listener.call(this, event);
      else listener.handleEvent(event);
      if (event.stopped) break;
    }
    return !event.defaultPrevented;
  }
}

let abort; // sets a signal's state: only a controller may
class AbortSignal extends EventTarget {
  #aborted = false; #reason; onabort = null;
  static {
    abort = (signal, reason) => {
      if (signal.#aborted) return;
      signal.#aborted = true;
      signal.#reason = reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason;
      const event = new Event('abort');
      signal.onabort?.(event);
      signal.dispatchEvent(event);
    };
  }
  constructor() {
    super();
    Object.defineProperty(this, 'onabort', { enumerable: false });
  }
  get aborted() { return this.#aborted; }
  get reason() { return this.#reason; }
  throwIfAborted() { if (this.#aborted) throw this.#reason; }
  static abort(reason) {
    const signal = new AbortSignal();
    abort(signal, reason);
    return signal;
  }
  static timeout(delay) {
    const signal = new AbortSignal();
    setTimeout(() => abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError')), delay).unref();
    return signal;
  }
  static any(signals) {
    const signal = new AbortSignal();
    for (const other of signals) {
      if (other.aborted) abort(signal, other.reason);
      else other.addEventListener('abort', () => abort(signal, other.reason));
    }
    return signal;
  }
  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) { return `AbortSignal ${inspect({ aborted: this.aborted }, options)}`; }
}

class AbortController {
  #signal = new AbortSignal();
  get signal() { return this.#signal; }
  abort(reason) { abort(this.#signal, reason); }
}
for (const [made, name] of [[Event, 'Event'], [EventTarget, 'EventTarget'], [AbortSignal, 'AbortSignal'], [AbortController, 'AbortController'], [CustomEvent, 'CustomEvent']])
  Object.defineProperty(made.prototype, Symbol.toStringTag, { value: name, configurable: true });

EventEmitter.EventEmitter = EventEmitter;
module.exports = EventEmitter;
for (const [name, value] of Object.entries({ Event, CustomEvent, EventTarget, AbortSignal, AbortController, abortError }))
  Object.defineProperty(EventEmitter, name, { value, enumerable: false });
