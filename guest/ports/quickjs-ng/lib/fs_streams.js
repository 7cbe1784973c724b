// Streams over files, and watching files by looking at them.
'use strict';

const EventEmitter = require('events');
const fs = require('fs');
const { Readable, Writable } = require('stream');

function ReadStream(file, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(file, options);
  options = typeof options === 'string' ? { encoding: options } : options ?? {};
  Readable.call(this, { highWaterMark: options.highWaterMark ?? 65536, encoding: options.encoding, signal: options.signal });
  Object.assign(this, { path: file, fd: options.fd?.fd ?? options.fd ?? null, flags: options.flags ?? 'r', start: options.start, end: options.end ?? Infinity, bytesRead: 0, autoClose: options.autoClose !== false });
  this.pos = this.start;
  if (this.fd === null) {
    process.nextTick(() => {
      try {
        this.fd = fs.openSync(file, this.flags);
        this.emit('open', this.fd);
        this.emit('ready');
      } catch (error) {
        this.destroy(error);
      }
    });
  }
}
Object.setPrototypeOf(ReadStream.prototype, Readable.prototype);
Object.setPrototypeOf(ReadStream, Readable);
ReadStream.prototype._read = function (size) {
  if (this.fd === null) {
    this.once('open', () => this._read(size));
    return;
  }
  setImmediate(() => {
    if (this.destroyed) return;
    try {
      const left = this.end - (this.start ?? 0) + 1 - this.bytesRead;
      const buffer = Buffer.alloc(Math.max(0, Math.min(size, left)));
      const got = buffer.length ? fs.readSync(this.fd, buffer, 0, buffer.length, this.pos ?? null) : 0;
      this.bytesRead += got;
      if (this.pos !== undefined) this.pos += got;
      this.push(got ? buffer.subarray(0, got) : null);
    } catch (error) {
      this.destroy(error);
    }
  });
};
ReadStream.prototype._destroy = function (error, callback) {
  if (this.fd !== null && this.autoClose) native.close(this.fd);
  this.fd = null;
  callback(error);
};
ReadStream.prototype.close = function (callback) { this.destroy(null, callback); };

function WriteStream(file, options) {
  if (!(this instanceof WriteStream)) return new WriteStream(file, options);
  options = typeof options === 'string' ? { encoding: options } : options ?? {};
  Writable.call(this, { defaultEncoding: options.encoding, highWaterMark: options.highWaterMark, signal: options.signal });
  Object.assign(this, { path: file, fd: options.fd?.fd ?? options.fd ?? null, flags: options.flags ?? 'w', mode: options.mode ?? 0o666, pos: options.start, bytesWritten: 0, autoClose: options.autoClose !== false });
  if (this.fd === null) {
    process.nextTick(() => {
      try {
        this._open();
      } catch (error) {
        this.destroy(error);
      }
    });
  }
}
Object.setPrototypeOf(WriteStream.prototype, Writable.prototype);
Object.setPrototypeOf(WriteStream, Writable);
WriteStream.prototype._open = function () {
  if (this.fd !== null || this.destroyed) return;
  this.fd = fs.openSync(this.path, this.flags, this.mode);
  this.emit('open', this.fd);
  this.emit('ready');
};
WriteStream.prototype._write = function (chunk, encoding, callback) {
  try {
    this._open();
    for (let at = 0; at < chunk.length; ) {
      const done = fs.writeSync(this.fd, chunk, at, chunk.length - at, this.pos ?? null);
      at += done;
      this.bytesWritten += done;
      if (this.pos !== undefined) this.pos += done;
    }
  } catch (error) {
    callback(error);
    return;
  }
  setImmediate(callback);
};
WriteStream.prototype._final = function (callback) {
  try {
    this._open();
    callback();
  } catch (error) {
    callback(error);
  }
};
WriteStream.prototype._destroy = ReadStream.prototype._destroy;
WriteStream.prototype.close = function (callback) {
  if (callback) this.once('close', callback);
  this.end();
};

const watched = new Map();
function watchFile(file, options, listener) {
  if (typeof options === 'function') [options, listener] = [{}, options];
  const look = () => fs.statSync(file, { throwIfNoEntry: false }) ?? new fs.Stats(new Array(13).fill(0));
  let before = look();
  const timer = setInterval(() => {
    const now = look();
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size) {
      const old = before;
      before = now;
      listener(now, old);
    }
  }, options.interval ?? 5007);
  if (options.persistent === false) timer.unref();
  watched.set(file, timer);
}

// fs.watch: no inotify, so a look at the directory (or file) ten times a second.
function watch(file, options, listener) {
  if (typeof options === 'function') [options, listener] = [{}, options];
  const watcher = new EventEmitter();
  const look = () => {
    const found = new Map();
    for (const name of fs.statSync(file).isDirectory() ? fs.readdirSync(file) : [null]) {
      const stats = fs.statSync(name === null ? file : `${file}/${name}`, { throwIfNoEntry: false });
      found.set(name ?? require('path').basename(file), stats ? `${stats.mtimeMs} ${stats.size}` : '');
    }
    return found;
  };
  let before = look();
  const timer = setInterval(() => {
    const now = look();
    for (const name of new Set([...before.keys(), ...now.keys()]))
      if (before.get(name) !== now.get(name)) watcher.emit('change', before.has(name) && now.has(name) ? 'change' : 'rename', name);
    before = now;
  }, 100);
  if (options?.persistent === false) timer.unref();
  watcher.close = () => { clearInterval(timer); watcher.emit('close'); };
  if (listener) watcher.on('change', listener);
  return watcher;
}

module.exports = { ReadStream, WriteStream, createReadStream: (...values) => new ReadStream(...values), createWriteStream: (...values) => new WriteStream(...values), watch, watchFile,
  unwatchFile: (file) => { clearInterval(watched.get(file)); watched.delete(file); } };
