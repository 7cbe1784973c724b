// stream: Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished.
'use strict';

const EventEmitter = require('events');
const { coded, invalidArgument } = require('internal/errors');

function Stream(options) {
  EventEmitter.call(this, options);
}
Object.setPrototypeOf(Stream.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Stream, EventEmitter);

const HIGH_WATER = 16384;

function destroy(stream, error, callback) {
  if (stream.destroyed) return stream;
  stream.destroyed = true;
  const finish = (failure) => {
    stream.closed = true;
    stream.errored = failure ?? null;
    callback?.(failure);
    process.nextTick(() => {
      if (failure) stream.emit('error', failure);
      stream.emit('close');
    });
  };
  stream._destroy(error ?? null, (failure) => finish(failure ?? error));
  return stream;
}

function setUp(stream, options, names) {
  stream.destroyed = false;
  stream.closed = false;
  stream.errored = null;
  for (const name of names) if (typeof options[name] === 'function') stream[`_${name}`] = options[name];
  if (options.signal) options.signal.addEventListener('abort', () => stream.destroy(EventEmitter.abortError(options.signal)));
}

// The readable half. Chunks wait in `queue` until somebody reads; flowing is null (nobody asked), true or false.
function initReadable(stream, options) {
  stream._readableState = {
    queue: [], size: 0, flowing: null, ended: false, endEmitted: false, reading: false, wanted: false, scheduled: false, pipes: [],
    objectMode: Boolean(options.objectMode || options.readableObjectMode), encoding: null, decoder: null, autoDestroy: options.autoDestroy !== false,
    highWaterMark: options.highWaterMark ?? options.readableHighWaterMark ?? (options.objectMode || options.readableObjectMode ? 16 : HIGH_WATER),
  };
  stream.readable = true;
  if (options.encoding) stream.setEncoding(options.encoding);
}

function Readable(options = {}) {
  if (!(this instanceof Readable)) return new Readable(options);
  Stream.call(this, options);
  setUp(this, options ?? {}, ['read', 'destroy', 'construct']);
  initReadable(this, options ?? {});
  this._construct?.((error) => error && this.destroy(error));
}
Object.setPrototypeOf(Readable.prototype, Stream.prototype);
Object.setPrototypeOf(Readable, Stream);

function schedule(stream) {
  const state = stream._readableState;
  if (state.scheduled) return;
  state.scheduled = true;
  process.nextTick(() => {
    state.scheduled = false;
    flow(stream);
  });
}

function flow(stream) {
  const state = stream._readableState;
  while (state.flowing && state.queue.length && !stream.destroyed) stream.emit('data', take(state));
  if (!state.flowing && state.flowing !== null && stream.listenerCount('readable') && (state.queue.length || state.ended) && !state.endEmitted) stream.emit('readable');
  if (state.ended && !state.queue.length && !state.endEmitted && (state.flowing || (stream.listenerCount('readable') && !state.queue.length))) {
    state.endEmitted = true;
    stream.readable = false;
    process.nextTick(() => {
      stream.readableEnded = true;
      stream.emit('end');
      if (stream._writableState && !stream.allowHalfOpen) stream.end();
      if (state.autoDestroy && (!stream._writableState || stream.writableFinished)) stream.destroy();
    });
  } else {
    more(stream);
  }
}

function more(stream) {
  const state = stream._readableState;
  if (state.reading || state.ended || stream.destroyed || state.size >= state.highWaterMark) return;
  if (state.flowing === null && !stream.listenerCount('readable') && !state.wanted) return;
  if (state.flowing === false && !stream.listenerCount('readable') && !state.wanted) return;
  state.reading = true;
  state.wanted = false;
  try {
    stream._read(state.highWaterMark);
  } catch (error) {
    stream.destroy(error);
  }
}

function take(state, size) {
  if (!state.queue.length) return null;
  if (state.objectMode || size === undefined) {
    if (state.objectMode || state.queue.length === 1 || state.flowing) {
      const chunk = state.queue.shift();
      state.size -= state.objectMode ? 1 : chunk.length;
      return chunk;
    }
    size = state.size;
  }
  if (size > state.size && !state.ended) return null;
  const whole = state.decoder ? state.queue.join('') : Buffer.concat(state.queue);
  const part = whole.slice(0, size), left = whole.slice(size);
  state.queue = left.length ? [left] : [];
  state.size = left.length;
  return part;
}

Object.assign(Readable.prototype, {
  _read() { throw coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _read() method is not implemented'); },
  _destroy(error, callback) { callback(error); },
  destroy(error, callback) { return destroy(this, error, callback); },
  push(chunk, encoding) {
    const state = this._readableState;
    state.reading = false;
    if (chunk === null) {
      if (state.decoder) {
        const rest = state.decoder.end();
        if (rest) state.queue.push(rest), state.size += rest.length;
      }
      state.ended = true;
      schedule(this);
      return false;
    }
    if (!state.objectMode) {
      if (typeof chunk === 'string' && !state.decoder) chunk = Buffer.from(chunk, encoding);
      else if (chunk instanceof Uint8Array && !Buffer.isBuffer(chunk)) chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      else if (typeof chunk !== 'string' && !Buffer.isBuffer(chunk)) throw invalidArgument('chunk', 'of type string or an instance of Buffer or Uint8Array', chunk);
      if (state.decoder && typeof chunk !== 'string') chunk = state.decoder.write(chunk);
    }
    if (state.objectMode || chunk.length) {
      state.queue.push(chunk);
      state.size += state.objectMode ? 1 : chunk.length;
    }
    schedule(this);
    return state.size < state.highWaterMark;
  },
  unshift(chunk) {
    const state = this._readableState;
    state.queue.unshift(chunk);
    state.size += state.objectMode ? 1 : chunk.length;
    schedule(this);
  },
  read(size) {
    const state = this._readableState;
    const chunk = size === 0 ? null : take(state, size);
    state.wanted = true;
    if (chunk === null || !state.queue.length) schedule(this);
    if (chunk !== null && !state.flowing) this.emit('data', chunk);
    return chunk;
  },
  setEncoding(encoding) {
    const state = this._readableState;
    state.encoding = require('buffer').encodingOf(encoding);
    state.decoder = new (require('string_decoder').StringDecoder)(encoding);
    if (state.queue.length) {
      const text = state.decoder.write(Buffer.concat(state.queue));
      state.queue = text ? [text] : [];
      state.size = text.length;
    }
    return this;
  },
  on(name, listener) {
    const state = this._readableState;
    EventEmitter.prototype.on.call(this, name, listener);
    if (name === 'data' && state.flowing !== false) this.resume();
    if (name === 'readable') {
      if (state.flowing !== true || !this.listenerCount('data')) state.flowing = false;
      schedule(this);
    }
    return this;
  },
  resume() {
    this._readableState.flowing = true;
    schedule(this);
    return this;
  },
  pause() {
    this._readableState.flowing = false;
    this.emit('pause');
    return this;
  },
  isPaused() { return this._readableState.flowing === false; },
  pipe(target, options) {
    const onData = (chunk) => {
      if (target.write(chunk) === false) {
        this.pause();
        target.once('drain', () => this.resume());
      }
    };
    const onEnd = () => target.end();
    this._readableState.pipes.push({ target, onData, onEnd });
    this.on('data', onData);
    if (options?.end !== false && target !== process.stdout && target !== process.stderr) this.once('end', onEnd);
    target.emit('pipe', this);
    return target;
  },
  unpipe(target) {
    for (const pipe of this._readableState.pipes.filter((item) => !target || item.target === target)) {
      this.removeListener('data', pipe.onData);
      this.removeListener('end', pipe.onEnd);
      pipe.target.emit('unpipe', this);
    }
    this._readableState.pipes = target ? this._readableState.pipes.filter((item) => item.target !== target) : [];
    return this;
  },
  wrap(old) {
    old.on('data', (chunk) => this.push(chunk));
    old.on('end', () => this.push(null));
    this._read = () => old.resume?.();
    return this;
  },
  async *[Symbol.asyncIterator]() {
    const state = this._readableState;
    let wake = () => {}, failure, finished = false;
    const ready = () => wake();
    const offEnd = finished_(this, (error) => {
      failure = error;
      finished = true;
      wake();
    });
    this.on('readable', ready);
    try {
      for (;;) {
        const chunk = this.destroyed && !state.ended ? null : take(state);
        if (chunk !== null) yield chunk;
        else if (failure) throw failure;
        else if (finished) return;
        else {
          const waiting = new Promise((resolve) => { wake = resolve; });
          state.wanted = true;
          schedule(this);
          await waiting;
        }
      }
    } finally {
      offEnd();
      this.removeListener('readable', ready);
      this.destroy();
    }
  },
});
Readable.prototype.addListener = Readable.prototype.on;

const finished_ = (stream, callback) => finished(stream, (error) => callback(error?.code === 'ERR_STREAM_PREMATURE_CLOSE' && stream._readableState?.ended ? undefined : error));

for (const [name, get] of Object.entries({
  readableFlowing() { return this._readableState.flowing; }, readableLength() { return this._readableState.size; },
  readableHighWaterMark() { return this._readableState.highWaterMark; }, readableObjectMode() { return this._readableState.objectMode; },
  readableEncoding() { return this._readableState.encoding; },
})) Object.defineProperty(Readable.prototype, name, { get, configurable: true });

// Combinators, over async iteration.
const HELPERS = {
  async *map(source, call) { for await (const item of source) yield await call(item); },
  async *filter(source, call) { for await (const item of source) if (await call(item)) yield item; },
  async *take(source, count) { if (count > 0) for await (const item of source) { yield item; if (--count <= 0) return; } },
  async *drop(source, count) { for await (const item of source) if (count-- <= 0) yield item; },
  async *flatMap(source, call) { for await (const item of source) yield* await call(item); },
};
for (const [name, helper] of Object.entries(HELPERS)) Readable.prototype[name] = function (value) { return Readable.from(helper(this, value)); };
Object.assign(Readable.prototype, {
  async toArray() { const list = []; for await (const item of this) list.push(item); return list; },
  async forEach(call) { for await (const item of this) await call(item); },
  async reduce(call, ...start) { let result = start[0], has = start.length > 0; for await (const item of this) { result = has ? await call(result, item) : item; has = true; } return result; },
  async some(call) { for await (const item of this) if (await call(item)) return true; return false; },
  async every(call) { for await (const item of this) if (!(await call(item))) return false; return true; },
  async find(call) { for await (const item of this) if (await call(item)) return item; return undefined; },
});

Readable.from = (source, options) => {
  if (typeof source === 'string' || source instanceof Uint8Array) source = [source];
  const iterator = source[Symbol.asyncIterator]?.() ?? source[Symbol.iterator]();
  return new Readable({
    objectMode: true, highWaterMark: 1, ...options,
    async read() {
      try {
        const { value, done } = await iterator.next();
        this.push(done ? null : await value);
      } catch (error) {
        this.destroy(error);
      }
    },
    destroy(error, callback) { Promise.resolve(iterator.return?.()).then(() => callback(error), callback); },
  });
};

// The writable half: one chunk at a time goes to _write.
function initWritable(stream, options) {
  stream._writableState = {
    queue: [], size: 0, writing: false, ending: false, finished: false, needDrain: false, corked: 0, endCallbacks: [],
    objectMode: Boolean(options.objectMode || options.writableObjectMode), decodeStrings: options.decodeStrings !== false,
    defaultEncoding: options.defaultEncoding ?? 'utf8', autoDestroy: options.autoDestroy !== false,
    highWaterMark: options.highWaterMark ?? options.writableHighWaterMark ?? (options.objectMode || options.writableObjectMode ? 16 : HIGH_WATER),
  };
  stream.writable = true;
  stream.writableFinished = stream.writableEnded = false;
}

function Writable(options = {}) {
  if (!(this instanceof Writable)) return new Writable(options);
  Stream.call(this, options);
  setUp(this, options ?? {}, ['write', 'writev', 'final', 'destroy', 'construct']);
  initWritable(this, options ?? {});
  this._construct?.((error) => error && this.destroy(error));
}
Object.setPrototypeOf(Writable.prototype, Stream.prototype);
Object.setPrototypeOf(Writable, Stream);

function advance(stream) {
  const state = stream._writableState;
  if (state.writing || stream.destroyed || state.corked) return;
  const next = state.queue.shift();
  if (!next) {
    if (state.ending && !state.finished) finish(stream);
    return;
  }
  state.writing = true;
  let sync = true;
  const done = (error) => {
    state.writing = false;
    state.size -= next.size;
    if (error) {
      next.callback?.(error);
      stream.destroy(error);
      return;
    }
    const after = () => {
      next.callback?.(null);
      if (state.needDrain && !state.size && !state.ending) {
        state.needDrain = false;
        stream.emit('drain');
      }
      advance(stream);
    };
    if (sync) process.nextTick(after);
    else after();
  };
  try {
    stream._write(next.chunk, next.encoding, done);
  } catch (error) {
    done(error);
  }
  sync = false;
}

function finish(stream) {
  const state = stream._writableState;
  state.finished = true;
  const done = (error) => {
    if (error) {
      stream.destroy(error);
      for (const callback of state.endCallbacks) callback(error);
      return;
    }
    process.nextTick(() => {
      stream.writableFinished = true;
      stream.emit('finish');
      for (const callback of state.endCallbacks) callback();
      if (state.autoDestroy && (!stream._readableState || stream._readableState.endEmitted)) stream.destroy();
    });
  };
  if (typeof stream._final === 'function') stream._final(done);
  else done();
}

Object.assign(Writable.prototype, {
  _write(chunk, encoding, callback) {
    if (this._writev) this._writev([{ chunk, encoding }], callback);
    else callback(coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _write() method is not implemented'));
  },
  _destroy(error, callback) { callback(error); },
  destroy(error, callback) { return destroy(this, error, callback); },
  write(chunk, encoding, callback) {
    const state = this._writableState;
    if (typeof encoding === 'function') [encoding, callback] = [undefined, encoding];
    if (chunk === null) throw coded(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
    if (!state.objectMode && typeof chunk !== 'string' && !ArrayBuffer.isView(chunk)) throw invalidArgument('chunk', 'of type string or an instance of Buffer or Uint8Array', chunk);
    if (state.ending || this.destroyed) {
      const error = state.ending ? coded(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end') : coded(Error, 'ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed');
      process.nextTick(() => callback?.(error));
      if (state.ending) destroy(this, error);
      return false;
    }
    if (!state.objectMode && typeof chunk === 'string' && state.decodeStrings) {
      chunk = Buffer.from(chunk, encoding ?? state.defaultEncoding);
      encoding = 'buffer';
    }
    const size = state.objectMode ? 1 : chunk.length;
    state.size += size;
    state.queue.push({ chunk, encoding: encoding ?? state.defaultEncoding, callback, size });
    const below = state.size < state.highWaterMark;
    if (!below) state.needDrain = true;
    advance(this);
    return below;
  },
  end(chunk, encoding, callback) {
    if (typeof chunk === 'function') [chunk, callback] = [undefined, chunk];
    else if (typeof encoding === 'function') [encoding, callback] = [undefined, encoding];
    const state = this._writableState;
    if (chunk !== undefined && chunk !== null) this.write(chunk, encoding);
    if (callback) {
      if (this.writableFinished) process.nextTick(callback);
      else state.endCallbacks.push(callback);
    }
    if (!state.ending) {
      state.ending = true;
      state.corked = 0;
      this.writable = false;
      this.writableEnded = true;
      advance(this);
    }
    return this;
  },
  cork() { this._writableState.corked++; },
  uncork() {
    if (this._writableState.corked) this._writableState.corked--;
    advance(this);
  },
  setDefaultEncoding(encoding) {
    this._writableState.defaultEncoding = encoding;
    return this;
  },
});
for (const [name, get] of Object.entries({
  writableLength() { return this._writableState.size; }, writableHighWaterMark() { return this._writableState.highWaterMark; },
  writableObjectMode() { return this._writableState.objectMode; }, writableNeedDrain() { return this._writableState.needDrain; }, writableCorked() { return this._writableState.corked; },
})) Object.defineProperty(Writable.prototype, name, { get, configurable: true });
Object.defineProperty(Writable, Symbol.hasInstance, {
  value(object) { return Function.prototype[Symbol.hasInstance].call(this, object) || (this === Writable && Boolean(object?._writableState)); },
});

function Duplex(options = {}) {
  if (!(this instanceof Duplex)) return new Duplex(options);
  Stream.call(this, options);
  setUp(this, options ?? {}, ['read', 'write', 'writev', 'final', 'destroy', 'construct']);
  this.allowHalfOpen = options?.allowHalfOpen !== false;
  initReadable(this, options ?? {});
  initWritable(this, options ?? {});
  this._construct?.((error) => error && this.destroy(error));
}
Object.setPrototypeOf(Duplex.prototype, Readable.prototype);
Object.setPrototypeOf(Duplex, Readable);
for (const key of Object.getOwnPropertyNames(Writable.prototype))
  if (key !== 'constructor' && !Object.hasOwn(Duplex.prototype, key)) Object.defineProperty(Duplex.prototype, key, Object.getOwnPropertyDescriptor(Writable.prototype, key));

function Transform(options = {}) {
  if (!(this instanceof Transform)) return new Transform(options);
  Duplex.call(this, options);
  setUp(this, options ?? {}, ['transform', 'flush']);
}
Object.setPrototypeOf(Transform.prototype, Duplex.prototype);
Object.setPrototypeOf(Transform, Duplex);
Object.assign(Transform.prototype, {
  _transform() { throw coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _transform() method is not implemented'); },
  _write(chunk, encoding, callback) {
    this._transform(chunk, encoding, (error, result) => {
      if (error) return callback(error);
      if (result !== undefined && result !== null) this.push(result);
      const state = this._readableState;
      if (state.size < state.highWaterMark || state.ended) return callback();
      this._waiting = callback; // until the readable half has been read
      return undefined;
    });
  },
  _read() {
    const callback = this._waiting;
    this._waiting = undefined;
    callback?.();
  },
  _final(callback) {
    if (!this._flush) {
      this.push(null);
      callback();
      return;
    }
    this._flush((error, result) => {
      if (error) return callback(error);
      if (result !== undefined && result !== null) this.push(result);
      this.push(null);
      return callback();
    });
  },
});

function PassThrough(options) {
  if (!(this instanceof PassThrough)) return new PassThrough(options);
  Transform.call(this, options);
}
Object.setPrototypeOf(PassThrough.prototype, Transform.prototype);
Object.setPrototypeOf(PassThrough, Transform);
PassThrough.prototype._transform = (chunk, encoding, callback) => callback(null, chunk);

function finished(stream, options, callback) {
  if (typeof options === 'function') [options, callback] = [{}, options];
  let called = false;
  const readable = options.readable !== false && Boolean(stream._readableState), writable = options.writable !== false && Boolean(stream._writableState);
  let readDone = !readable || stream.readableEnded, writeDone = !writable || stream.writableFinished;
  const done = (error) => {
    if (called) return;
    called = true;
    callback.call(stream, error);
  };
  const listeners = {
    end: () => { readDone = true; if (writeDone) done(); },
    finish: () => { writeDone = true; if (readDone) done(); },
    error: (error) => done(error),
    close: () => done(readDone && writeDone ? undefined : coded(Error, 'ERR_STREAM_PREMATURE_CLOSE', 'Premature close')),
  };
  for (const [name, listener] of Object.entries(listeners)) EventEmitter.prototype.on.call(stream, name, listener);
  if (stream.errored) process.nextTick(done, stream.errored);
  else if (readDone && writeDone) process.nextTick(done);
  else if (stream.closed) process.nextTick(listeners.close);
  return () => { for (const [name, listener] of Object.entries(listeners)) stream.removeListener(name, listener); };
}

function pipeline(...streams) {
  const callback = typeof streams.at(-1) === 'function' && streams.length > 1 ? streams.pop() : () => {};
  if (streams.length === 1 && Array.isArray(streams[0])) [streams] = streams;
  streams = streams.map((stream, i) => {
    if (typeof stream.pipe === 'function' || stream._writableState) return stream;
    if (typeof stream === 'function') return i === 0 ? Readable.from(stream()) : stream;
    return Readable.from(stream);
  });
  for (let i = 1; i < streams.length; i++) { // async functions in between become streams of what they yield
    if (typeof streams[i] !== 'function') continue;
    const result = streams[i](streams[i - 1]);
    if (typeof result?.then === 'function' && i === streams.length - 1) {
      result.then((value) => callback(null, value), callback);
      return streams[i - 1];
    }
    streams.splice(0, i + 1, Readable.from(result));
    i = 0;
  }
  let left = streams.length, failure, called = false;
  const over = (error) => {
    if (error && !failure) {
      failure = error;
      for (const stream of streams) if (stream !== process.stdout && stream !== process.stderr) stream.destroy();
    }
    if ((--left === 0 || failure) && !called) {
      called = true;
      process.nextTick(callback, failure);
    }
  };
  streams.forEach((stream, i) => {
    if (stream === process.stdout || stream === process.stderr) {
      streams[i - 1].once('end', () => over());
      return;
    }
    finished(stream, { readable: i < streams.length - 1, writable: i > 0 }, over);
  });
  for (let i = 0; i + 1 < streams.length; i++) streams[i].pipe(streams[i + 1]);
  return streams.at(-1);
}

const promises = {
  finished: (stream, options) => new Promise((resolve, reject) => finished(stream, options ?? {}, (error) => (error ? reject(error) : resolve()))),
  pipeline: (...streams) => new Promise((resolve, reject) => {
    if (streams.at(-1) && typeof streams.at(-1) === 'object' && !streams.at(-1).pipe && !streams.at(-1)._writableState && !streams.at(-1)[Symbol.asyncIterator]) streams.pop();
    pipeline(...streams, (error, value) => (error ? reject(error) : resolve(value)));
  }),
};
const kCustom = Symbol.for('nodejs.util.promisify.custom');
Object.defineProperty(finished, kCustom, { value: promises.finished });
Object.defineProperty(pipeline, kCustom, { value: promises.pipeline });

module.exports = Object.assign(Stream, { Stream, Readable, Writable, Duplex, Transform, PassThrough, finished, pipeline, promises,
  addAbortSignal: (signal, stream) => (signal.addEventListener('abort', () => stream.destroy(EventEmitter.abortError(signal))), stream) });
