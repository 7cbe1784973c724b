// The event loop: timers, immediates, descriptors that are waited for, children, signals; and how a process ends.
'use strict';

const POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32;
const MAX_DELAY = 2 ** 31 - 1;

let sequence = 0, ticks = [], immediates = [];
const timers = new Map(); // id -> timer, in order of creation
const watchers = new Map(); // "fd:r" or "fd:w" -> { fd, events, callback, ref }
const children = new Map(); // pid -> callback
const signals = new Map(); // number -> callback
const rejections = new Map(); // promise -> reason, unhandled so far
let signalDescriptor = -1, watchingChildren = false;
const keepAlive = new Set();

function nextTick(callback, ...values) {
  if (typeof callback !== 'function') throw require('internal/errors').invalidArgument('callback', 'of type function', callback);
  ticks.push(() => callback(...values));
}

// Runs what nextTick and promises have queued, until nothing is left; an error ends the process or goes to its handlers.
function drain() {
  do {
    try {
      while (ticks.length) {
        const queue = ticks;
        ticks = [];
        for (const tick of queue) call(tick);
      }
      native.microtasks();
    } catch (error) {
      uncaught(error);
    }
    if (!ticks.length && rejections.size) reportRejections();
  } while (ticks.length);
}

function reportRejections() {
  const process = require('process');
  for (const [promise, reason] of [...rejections]) {
    rejections.delete(promise);
    if (process.listenerCount('unhandledRejection')) {
      call(() => process.emit('unhandledRejection', reason, promise));
    } else if (native.isError(reason)) {
      uncaught(reason, 'unhandledRejection');
    } else {
      const { coded } = require('internal/errors'), { inspect } = require('internal/inspect');
      uncaught(coded(Error, 'ERR_UNHANDLED_REJECTION', 'This error originated either by throwing inside of an async function without a catch block, ' +
        `or by rejecting a promise which was not handled with .catch(). The promise rejected with the reason "${inspect(reason)}".`), 'unhandledRejection');
    }
  }
}

function call(callback, ...values) {
  try {
    callback(...values);
  } catch (error) {
    uncaught(error);
  }
}

function uncaught(error, origin = 'uncaughtException') {
  const process = require('process');
  if (process.listenerCount('uncaughtException')) {
    process.emit('uncaughtException', error, origin);
    return;
  }
  printFatal(error);
  process.exitCode = 1;
  leave(1);
}

function printFatal(error) {
  const { inspect } = require('internal/inspect');
  let text = '';
  try {
    const place = typeof error?.stack === 'string' && /\(?((?:file:\/\/)?\/[^\n]*?):(\d+):(\d+)\)?$/m.exec(error.stack);
    const source = place && !place[1].startsWith(native.library) && native.readText(place[1].replace('file://', ''));
    if (typeof source === 'string') {
      const line = source.split('\n')[place[2] - 1] ?? '';
      text = `${place[1]}:${place[2]}\n${line}\n${line.slice(0, place[3] - 1).replace(/[^\t]/g, ' ')}^\n\n`;
    }
    text += native.isError(error) ? inspect(error) : `Uncaught:\n${inspect(error)}`;
  } catch {
    text += 'Uncaught exception';
  }
  writeAll(2, `${text}\n\njs on QuickJS-ng ${native.engine}\n`);
}

// All of a text or of bytes; 0, or a negative errno.
function writeAll(fd, data) {
  const bytes = typeof data === 'string' ? native.encode(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const done = native.write(fd, bytes, at, bytes.length - at, null);
    if (done === -11) native.poll([fd, POLLOUT], -1); // EAGAIN
    else if (done < 0) return done;
    else at += done;
  }
  return 0;
}

let leaving = false;
function leave(code) {
  const process = require('process');
  if (code !== undefined) process.exitCode = code;
  if (!leaving) {
    leaving = true;
    try {
      process.emit('exit', process.exitCode ?? 0);
    } catch (error) {
      printFatal(error);
      process.exitCode = 7;
    }
  }
  native.exit(Number(process.exitCode ?? 0));
}

class Timeout {
  constructor(callback, delay, values, repeat) {
    delay = Number(delay);
    this._idleTimeout = delay >= 1 && delay <= MAX_DELAY ? Math.trunc(delay) : 1;
    this._onTimeout = callback;
    this._repeat = repeat ? this._idleTimeout : null;
    this._destroyed = false;
    Object.defineProperties(this, {
      values: { value: values }, id: { value: ++sequence }, due: { value: native.now() + this._idleTimeout, writable: true },
      referenced: { value: true, writable: true },
    });
    timers.set(this.id, this);
  }

  ref() { this.referenced = true; return this; }
  unref() { this.referenced = false; return this; }
  hasRef() { return this.referenced; }
  refresh() {
    this.due = native.now() + this._idleTimeout;
    if (!this._destroyed) timers.delete(this.id);
    this._destroyed = false;
    timers.set(this.id, this);
    return this;
  }
  close() { clearTimer(this); return this; }
  [Symbol.toPrimitive]() { return this.id; }
  [Symbol.dispose ?? Symbol.for('dispose')]() { clearTimer(this); }
}

class Immediate {
  constructor(callback, values) {
    Object.assign(this, { _onImmediate: callback, _destroyed: false });
    Object.defineProperties(this, { values: { value: values }, referenced: { value: true, writable: true } });
    immediates.push(this);
  }
  ref() { this.referenced = true; return this; }
  unref() { this.referenced = false; return this; }
  hasRef() { return this.referenced; }
}

function checkCallback(callback) {
  if (typeof callback !== 'function') throw require('internal/errors').invalidArgument('callback', 'of type function', callback);
}

function setTimeout(callback, delay, ...values) {
  checkCallback(callback);
  return new Timeout(callback, delay, values, false);
}

function setInterval(callback, delay, ...values) {
  checkCallback(callback);
  return new Timeout(callback, delay, values, true);
}

function setImmediate(callback, ...values) {
  checkCallback(callback);
  return new Immediate(callback, values);
}

function clearTimer(timer) {
  if (timer instanceof Immediate) return clearImmediate(timer);
  const found = timer instanceof Timeout ? timer : timers.get(Number(timer));
  if (found) {
    found._destroyed = true;
    timers.delete(found.id);
  }
}

function clearImmediate(immediate) {
  if (immediate instanceof Immediate) {
    immediate._destroyed = true;
    immediates = immediates.filter((other) => other !== immediate);
  }
}

function runTimers() {
  const now = native.now();
  const due = [...timers.values()].filter((timer) => timer.due <= now).sort((a, b) => a.due - b.due || a.id - b.id);
  for (const timer of due) {
    if (timer._destroyed || timer.due > now) continue;
    if (timer._repeat !== null) {
      timer.due = native.now() + timer._repeat;
    } else {
      timer._destroyed = true;
      timers.delete(timer.id);
    }
    call(timer._onTimeout, ...timer.values);
    drain();
  }
}

function runImmediates() {
  const queue = immediates;
  immediates = [];
  for (const immediate of queue) {
    if (immediate._destroyed) continue;
    immediate._destroyed = true;
    call(immediate._onImmediate, ...immediate.values);
    drain();
  }
}

// Calls back whenever fd can be read ("r") or written ("w"); answers a handle with ref, unref and stop.
function watch(fd, direction, callback) {
  const key = `${fd}:${direction}`;
  const watcher = { fd, events: direction === 'r' ? POLLIN : POLLOUT, callback, referenced: true, stop: () => watchers.get(key) === watcher && watchers.delete(key) };
  watchers.set(key, watcher);
  return watcher;
}

function watchSignal(number, callback) {
  if (callback) signals.set(number, callback);
  else signals.delete(number);
  const fd = require('internal/errors').check(native.watchSignal(number, Boolean(callback)), 'sigaction');
  if (signalDescriptor < 0) {
    signalDescriptor = fd;
    watch(fd, 'r', () => {
      const bytes = new Uint8Array(64), count = native.read(fd, bytes, 0, 64, null);
      for (let i = 0; i < count; i++) signals.get(bytes[i])?.(bytes[i]);
    }).referenced = false;
  }
}

const SIGCHLD = 17;

// Calls back with (exit code or null, signal number or 0) when the child has ended.
function watchChild(pid, callback) {
  if (!watchingChildren) {
    watchingChildren = true;
    watchSignal(SIGCHLD, reap);
  }
  children.set(pid, { callback, referenced: true });
}

function reap() {
  for (const [pid, child] of [...children]) {
    const result = native.wait(pid, false);
    if (Array.isArray(result) && result[0] === 0) continue;
    children.delete(pid);
    const [code, signal] = Array.isArray(result) ? [result[2] ? null : result[1], result[2]] : [null, 0];
    call(child.callback, code, signal);
    drain();
  }
}

function pollDescriptors(timeout) {
  const list = [...watchers.values()], request = [];
  for (const { fd, events } of list) request.push(fd, events);
  const ready = require('internal/errors').check(native.poll(request, timeout), 'poll');
  for (let i = 0; i < ready.length; i++) {
    const watcher = list[i];
    if (!(ready[i] & (watcher.events | POLLERR | POLLHUP | POLLNVAL))) continue;
    if (watchers.get(`${watcher.fd}:${watcher.events === POLLIN ? 'r' : 'w'}`) !== watcher) continue;
    call(watcher.callback, ready[i]);
    drain();
  }
}

const anyReferenced = (things) => {
  for (const thing of things) if (thing.referenced) return true;
  return false;
};

const alive = () => anyReferenced(immediates) || anyReferenced(timers.values()) || anyReferenced(watchers.values()) ||
  anyReferenced(children.values()) || keepAlive.size > 0;

function once() {
  runTimers();
  let timeout = -1;
  if (immediates.length) timeout = 0;
  else for (const timer of timers.values()) {
    const left = Math.max(0, Math.ceil(timer.due - native.now()));
    if (timeout < 0 || left < timeout) timeout = left;
  }
  // A child may have ended before its signal was watched for.
  if (children.size) reap();
  if (!alive()) return;
  pollDescriptors(timeout);
  runImmediates();
}

let pendingMain; // the promise of the main module, while it has not settled

function setMain(promise) {
  pendingMain = promise;
}

function run(start) {
  call(start);
  drain();
  const process = require('process');
  for (;;) {
    while (alive()) once();
    call(() => process.emit('beforeExit', process.exitCode ?? 0));
    drain();
    if (!alive()) break;
  }
  if (pendingMain && native.promiseState(pendingMain)?.[0] === 0 && process.exitCode === undefined) {
    writeAll(2, 'Warning: Detected unsettled top-level await\n');
    process.exitCode = 13;
  }
  leave();
}

// For calls that must wait for a promise from code that is not async (require of a module).
function settle(promise) {
  for (;;) {
    drain();
    const [state, result] = native.promiseState(promise);
    if (state === 1) return result;
    if (state === 2) {
      rejections.delete(promise);
      throw result;
    }
    if (!alive()) throw new Error('the module waits for something that never comes');
    once();
  }
}

function rejection(promise, reason, handled) {
  if (handled) rejections.delete(promise);
  else rejections.set(promise, reason);
}

module.exports = {
  nextTick, drain, run, setMain, settle, call, uncaught, leave, writeAll, rejection, watch, watchSignal, watchChild, keepAlive, Timeout, Immediate,
  setTimeout, setInterval, setImmediate, clearTimeout: clearTimer, clearInterval: clearTimer, clearImmediate, once,
};
