// timers: the global functions as a module, and as promises.
'use strict';

const loop = require('internal/loop');
const { abortError } = require('events');
const kCustom = Symbol.for('nodejs.util.promisify.custom');

const waiting = (start, stop) => (signal, value) => new Promise((resolve, reject) => {
  if (signal?.aborted) return reject(abortError(signal));
  const handle = start(() => resolve(value));
  signal?.addEventListener('abort', () => {
    stop(handle);
    reject(abortError(signal));
  }, { once: true });
  return undefined;
});

const promises = {
  setTimeout: (delay, value, options) => waiting((done) => {
    const timer = loop.setTimeout(done, delay);
    return options?.ref === false ? timer.unref() : timer;
  }, loop.clearTimeout)(options?.signal, value),
  setImmediate: (value, options) => waiting((done) => loop.setImmediate(done), loop.clearImmediate)(options?.signal, value),
  async *setInterval(delay, value, options) {
    for (;;) {
      await promises.setTimeout(delay, undefined, options);
      yield value;
    }
  },
};
promises.scheduler = { wait: (delay, options) => promises.setTimeout(delay, undefined, options), yield: () => promises.setImmediate() };
Object.defineProperty(loop.setTimeout, kCustom, { value: promises.setTimeout });
Object.defineProperty(loop.setImmediate, kCustom, { value: promises.setImmediate });
const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = loop;
module.exports = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate, promises };
