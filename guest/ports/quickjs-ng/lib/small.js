// Modules that are a few lines each, or a part of another.
'use strict';

const { coded } = require('internal/errors');

function types() {
  const kind = (value) => native.classOf(value);
  const is = (...names) => (value) => names.includes(kind(value));
  const typed = ['Uint8Array', 'Uint8ClampedArray', 'Uint16Array', 'Uint32Array', 'Int8Array', 'Int16Array', 'Int32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'];
  const tests = {
    isDate: is('Date'), isRegExp: is('RegExp'), isMap: is('Map'), isSet: is('Set'), isWeakMap: is('WeakMap'), isWeakSet: is('WeakSet'), isPromise: is('Promise'),
    isArrayBuffer: is('ArrayBuffer'), isSharedArrayBuffer: is('SharedArrayBuffer'), isAnyArrayBuffer: is('ArrayBuffer', 'SharedArrayBuffer'), isDataView: is('DataView'),
    isMapIterator: is('Map Iterator'), isSetIterator: is('Set Iterator'), isGeneratorObject: is('Generator', 'AsyncGenerator'),
    isNumberObject: is('Number'), isStringObject: is('String'), isBooleanObject: is('Boolean'), isSymbolObject: is('Symbol'), isBigIntObject: is('BigInt'),
    isBoxedPrimitive: is('Number', 'String', 'Boolean', 'Symbol', 'BigInt'), isArgumentsObject: is('Arguments', 'MappedArguments'), isModuleNamespaceObject: is('Module'),
    isAsyncFunction: (value) => typeof value === 'function' && kind(value).startsWith('Async'), isGeneratorFunction: (value) => typeof value === 'function' && kind(value).includes('Generator'),
    isNativeError: (value) => native.isError(value), isProxy: (value) => native.proxy(value) !== undefined, isExternal: () => false,
    isArrayBufferView: ArrayBuffer.isView, isTypedArray: (value) => ArrayBuffer.isView(value) && kind(value) !== 'DataView',
  };
  for (const name of typed) tests[`is${name}`] = is(name);
  return tests;
}

function perfHooks() {
  const start = native.now(), origin = Date.now(), entries = [];
  const add = (entry) => (entries.push(entry), entry);
  const at = (mark) => (typeof mark === 'number' ? mark : entries.findLast((entry) => entry.name === mark)?.startTime ?? 0);
  const performance = {
    timeOrigin: origin, now: () => native.now() - start, toJSON: () => ({ timeOrigin: origin }), eventLoopUtilization: () => ({ idle: 0, active: 0, utilization: 0 }),
    mark: (name, options) => add({ name, entryType: 'mark', startTime: options?.startTime ?? performance.now(), duration: 0, detail: options?.detail ?? null }),
    measure(name, from, to) {
      const begin = typeof from === 'object' && from !== null ? at(from.start) : from === undefined ? 0 : at(from), end = typeof from === 'object' && from?.end !== undefined ? at(from.end) : to === undefined ? performance.now() : at(to);
      return add({ name, entryType: 'measure', startTime: begin, duration: end - begin, detail: null });
    },
    getEntries: () => [...entries], getEntriesByName: (name) => entries.filter((entry) => entry.name === name), getEntriesByType: (type) => entries.filter((entry) => entry.entryType === type),
    clearMarks: (name) => entries.splice(0, entries.length, ...entries.filter((entry) => entry.entryType !== 'mark' || (name !== undefined && entry.name !== name))),
    clearMeasures: () => entries.splice(0, entries.length, ...entries.filter((entry) => entry.entryType !== 'measure')), timerify: (method) => method,
  };
  class PerformanceObserver { observe() {} disconnect() {} }
  return { performance, PerformanceObserver, constants: {}, monitorEventLoopDelay: () => ({ enable() {}, disable() {}, min: 0, max: 0, mean: 0 }) };
}

// Values that follow asynchronous calls: carried through promises' then, timers and nextTick made inside run().
function asyncHooks() {
  class AsyncLocalStorage {
    #value;
    getStore() { return this.#value; }
    enterWith(value) { this.#value = value; }
    disable() { this.#value = undefined; }
    run(value, callback, ...values) {
      const before = this.#value;
      this.#value = value;
      const restore = () => { this.#value = before; };
      let result;
      try {
        result = callback(...values);
      } catch (error) {
        restore();
        throw error;
      }
      if (typeof result?.then === 'function') result.then(restore, restore);
      else restore();
      return result;
    }
    exit(callback, ...values) { return this.run(undefined, callback, ...values); }
    static bind(method) { return method; }
  }
  class AsyncResource {
    runInAsyncScope(method, self, ...values) { return method.apply(self, values); }
    emitDestroy() { return this; }
    static bind(method) { return method; }
  }
  return { AsyncLocalStorage, AsyncResource, createHook: () => ({ enable() {}, disable() {} }), executionAsyncId: () => 0, triggerAsyncId: () => 0 };
}

function vm() {
  const run = (source, options) => native.evaluate(`${source}`, (typeof options === 'string' ? options : options?.filename) ?? 'evalmachine.<anonymous>', 'script');
  // Not a realm of its own: the names of the object are in scope, and what the script declares with var stays there.
  const inContext = (source, context, options) => {
    const scope = new Proxy(context, { has: (target, key) => typeof key === 'string' && key !== 'source' && key !== 'eval', get: (target, key) => (key === Symbol.unscopables ? undefined : key in target ? target[key] : globalThis[key]) });
    const call = native.evaluate('(function (scope, source) { with (scope) { return eval(source); } })', options?.filename ?? 'evalmachine.<anonymous>', 'script');
    const value = call(scope, `${source}`);
    return value;
  };
  class Script {
    #source; #options;
    constructor(source, options) {
      this.#source = `${source}`;
      this.#options = options;
      native.evaluate(`(function () {${this.#source}\n})`, options?.filename ?? 'evalmachine.<anonymous>', 'script');
    }
    runInThisContext() { return run(this.#source, this.#options); }
    runInContext(context) { return inContext(this.#source, context, this.#options); }
    runInNewContext(context = {}) { return inContext(this.#source, context, this.#options); }
  }
  return { Script, runInThisContext: run, runInContext: inContext, runInNewContext: (source, context = {}, options) => inContext(source, context, options), createContext: (context = {}) => context, isContext: () => true,
    compileFunction: (source, names = [], options) => native.evaluate(`(function (${names.join(',')}) {${source}\n})`, options?.filename ?? '', 'script') };
}

function punycode() {
  const adapt = (delta, count, first) => {
    delta = first ? Math.floor(delta / 700) : delta >> 1;
    delta += Math.floor(delta / count);
    let k = 0;
    for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
    return k + Math.floor((36 * delta) / (delta + 38));
  };
  const digit = (value) => String.fromCharCode(value + (value < 26 ? 97 : 22));
  const encode = (text) => {
    const codes = [...text].map((c) => c.codePointAt(0)), basic = codes.filter((c) => c < 128);
    let output = String.fromCharCode(...basic), handled = basic.length, n = 128, delta = 0, bias = 72;
    if (handled) output += '-';
    while (handled < codes.length) {
      const next = Math.min(...codes.filter((c) => c >= n));
      delta += (next - n) * (handled + 1);
      n = next;
      for (const code of codes) {
        if (code < n) delta++;
        if (code !== n) continue;
        let q = delta;
        for (let k = 36; ; k += 36) {
          const t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
          if (q < t) break;
          output += digit(t + ((q - t) % (36 - t)));
          q = Math.floor((q - t) / (36 - t));
        }
        output += digit(q);
        bias = adapt(delta, handled + 1, handled === basic.length);
        delta = 0;
        handled++;
      }
      delta++;
      n++;
    }
    return output;
  };
  return { encode, toASCII: (domain) => domain.split('.').map((label) => (/[^\0-\x7f]/.test(label) ? `xn--${encode(label)}` : label)).join('.'), version: '2.1.0' };
}

module.exports = {
  'assert/strict': () => require('assert').strict,
  async_hooks: asyncHooks,
  constants: () => ({ ...require('fs').constants, ...require('os').constants.signals, ...require('os').constants.errno }),
  diagnostics_channel: () => {
    const channel = () => ({ hasSubscribers: false, publish() {}, subscribe() {}, unsubscribe() {} });
    return { channel, hasSubscribers: () => false, subscribe() {}, unsubscribe() {}, tracingChannel: channel };
  },
  module: () => require('internal/loader').Module,
  'path/posix': () => require('path'),
  perf_hooks: perfHooks,
  punycode,
  'readline/promises': () => require('readline').promises,
  'stream/promises': () => require('stream').promises,
  sys: () => require('util'),
  'timers/promises': () => require('timers').promises,
  tty: () => {
    const { DescriptorReader } = require('internal/process_streams');
    return { isatty: (fd) => native.isatty(fd), ReadStream: DescriptorReader, WriteStream: process.stdout.constructor };
  },
  'util/types': types,
  v8: () => ({
    serialize: (value) => Buffer.from(JSON.stringify(value)), deserialize: (data) => JSON.parse(data.toString()), setFlagsFromString() {},
    getHeapStatistics: () => ({ total_heap_size: native.usage()[3], used_heap_size: native.usage()[3], heap_size_limit: 2 ** 32 }), getHeapSpaceStatistics: () => [],
  }),
  vm,
  worker_threads: () => ({ isMainThread: true, parentPort: null, workerData: null, threadId: 0, Worker: class Worker {
    constructor() { throw coded(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'js has no threads: use child_process'); }
  } }),
};
