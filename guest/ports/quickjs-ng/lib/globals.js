// The global object as scripts written for Node expect it.
'use strict';

function define(name, value) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
}

// A global whose module is read when it is first used.
function lazily(names, get) {
  for (const name of names) {
    Object.defineProperty(globalThis, name, {
      get() {
        const value = get(name);
        define(name, value);
        return value;
      },
      set(value) { define(name, value); },
      configurable: true,
      enumerable: false,
    });
  }
}

const loop = require('internal/loop');
define('global', globalThis);
for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate']) define(name, loop[name]);
define('queueMicrotask', (callback) => {
  if (typeof callback !== 'function') throw require('internal/errors').invalidArgument('callback', 'of type function', callback);
  Promise.resolve().then(() => loop.call(callback));
});
lazily(['process', 'console'], (name) => require(name));
lazily(['Buffer', 'Blob', 'File', 'atob', 'btoa'], (name) => require('buffer')[name]);
lazily(['URL', 'URLSearchParams'], (name) => require('url')[name]);
lazily(['TextEncoder', 'TextDecoder'], (name) => require('util')[name]);
lazily(['AbortController', 'AbortSignal', 'Event', 'EventTarget', 'CustomEvent'], (name) => require('events')[name]);
lazily(['structuredClone'], () => require('util').structuredClone);
lazily(['crypto'], () => require('crypto').webcrypto);
lazily(['performance', 'PerformanceObserver'], (name) => require('perf_hooks')[name]);
lazily(['Intl'], () => require('internal/locale').Intl);
lazily(['fetch'], () => async () => { throw new TypeError('fetch failed: js has no network'); });

// Methods that take locales: English (US) is what there is.
for (const [prototype, name] of [[Number.prototype, 'toLocaleString'], [BigInt.prototype, 'toLocaleString'], [Date.prototype, 'toLocaleString'],
  [Date.prototype, 'toLocaleDateString'], [Date.prototype, 'toLocaleTimeString'], [String.prototype, 'localeCompare'], [Array.prototype, 'toLocaleString']]) {
  const method = { [name](...values) { return require('internal/locale').methods[name](this, ...values); } }[name];
  Object.defineProperty(prototype, name, { value: method, writable: true, configurable: true, enumerable: false });
}
