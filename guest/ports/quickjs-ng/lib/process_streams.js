// Streams over descriptors: standard input, output and error, and the pipes of children.
'use strict';

const { Readable, Writable } = require('stream');
const { check, systemError } = require('internal/errors');
const loop = require('internal/loop');

const TYPE = 0o170000, REGULAR = 0o100000;
const isFile = (fd) => {
  const stats = native.fstat(fd);
  return Array.isArray(stats) && (stats[1] & TYPE) === REGULAR;
};

// Reads a descriptor when it can be read without waiting.
class DescriptorReader extends Readable {
  constructor(fd, { close = true } = {}) {
    super({ highWaterMark: 65536 });
    this.fd = fd;
    this.closes = close;
    for (const key of ['closes', 'watcher', 'referenced']) Object.defineProperty(this, key, { writable: true, enumerable: false, value: this[key] });
    this.referenced = true;
  }
  _read() {
    if (this.fd < 0) return this.push(null);
    const ready = () => {
      this.watcher?.stop();
      this.watcher = undefined;
      const chunk = new Uint8Array(65536), got = native.read(this.fd, chunk, 0, chunk.length, null);
      if (got === -11) this._read();
      else if (got === -5) this.push(null); // EIO: the terminal's other end is gone
      else if (got < 0) this.destroy(systemError(got, 'read'));
      else this.push(got === 0 ? null : Buffer.from(chunk.buffer, 0, got));
    };
    if (isFile(this.fd)) {
      setImmediate(ready);
      return undefined;
    }
    this.watcher = loop.watch(this.fd, 'r', ready);
    this.watcher.referenced = this.referenced;
    return undefined;
  }
  _destroy(error, callback) {
    this.watcher?.stop();
    this.watcher = undefined;
    if (this.closes && this.fd > 2) native.close(this.fd);
    callback(error);
  }
  pause() {
    this.watcher?.stop();
    if (this.watcher) this._readableState.reading = false;
    this.watcher = undefined;
    return super.pause();
  }
  ref() { this.referenced = true; if (this.watcher) this.watcher.referenced = true; return this; }
  unref() { this.referenced = false; if (this.watcher) this.watcher.referenced = false; return this; }
  get isTTY() { return native.isatty(this.fd) || undefined; }
  setRawMode(on) {
    check(native.rawMode(Boolean(on)), 'tcsetattr');
    this.isRaw = Boolean(on);
    return this;
  }
}

// Writes to a descriptor; waits for it in the loop where a pipe is full.
class DescriptorWriter extends Writable {
  constructor(fd) {
    super({ decodeStrings: true, highWaterMark: 65536 });
    this.fd = fd;
    native.nonblock(fd);
  }
  _write(chunk, encoding, callback) {
    let at = 0;
    const step = () => {
      while (at < chunk.length) {
        const done = native.write(this.fd, chunk, at, chunk.length - at, null);
        if (done === -11) {
          const watcher = loop.watch(this.fd, 'w', () => {
            watcher.stop();
            step();
          });
          return;
        }
        if (done < 0) {
          callback(systemError(done, 'write'));
          return;
        }
        at += done;
      }
      callback();
    };
    step();
  }
  _final(callback) {
    if (this.fd > 2) native.close(this.fd);
    this.fd = -1;
    callback();
  }
  _destroy(error, callback) {
    if (this.fd > 2) native.close(this.fd);
    this.fd = -1;
    callback(error);
  }
}

// Standard output and error: a write is done when it returns.
class StandardWriter extends Writable {
  constructor(fd) {
    super({ decodeStrings: false, autoDestroy: false });
    this.fd = fd;
    this._type = native.isatty(fd) ? 'tty' : isFile(fd) ? 'fs' : 'pipe';
  }
  write(chunk, encoding, callback) {
    if (typeof encoding === 'function') [encoding, callback] = [undefined, encoding];
    if (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk)) throw require('internal/errors').invalidArgument('chunk', 'of type string or an instance of Buffer or Uint8Array', chunk);
    const failed = loop.writeAll(this.fd, typeof chunk === 'string' && encoding ? Buffer.from(chunk, encoding) : chunk);
    if (failed) {
      const error = systemError(failed, 'write');
      process.nextTick(() => {
        callback?.(error);
        this.emit('error', error);
      });
      return false;
    }
    if (callback) process.nextTick(callback);
    return true;
  }
  _destroy(error, callback) { callback(error); }
  end(chunk, encoding, callback) {
    if (chunk !== undefined && typeof chunk !== 'function') this.write(chunk, encoding);
    const done = [chunk, encoding, callback].find((value) => typeof value === 'function');
    process.nextTick(() => {
      this.writableFinished = true;
      this.emit('finish');
      done?.();
    });
    return this;
  }
  get isTTY() { return native.isatty(this.fd) || undefined; }
  get columns() { return native.window(this.fd)?.[0]; }
  get rows() { return native.window(this.fd)?.[1]; }
  getWindowSize() { return native.window(this.fd); }
  getColorDepth() { return !this.isTTY || process.env.NO_COLOR !== undefined || process.env.TERM === 'dumb' ? 1 : /256/.test(process.env.TERM ?? '') ? 8 : 4; }
  hasColors(count = 16) { return 2 ** this.getColorDepth() >= count; }
  cursorTo(x, y) { return this.write(y === undefined ? `\x1b[${x + 1}G` : `\x1b[${y + 1};${x + 1}H`); }
  moveCursor(x, y) { return this.write(`${x ? `\x1b[${Math.abs(x)}${x > 0 ? 'C' : 'D'}` : ''}${y ? `\x1b[${Math.abs(y)}${y > 0 ? 'B' : 'A'}` : ''}`); }
  clearLine(direction) { return this.write(`\x1b[${direction < 0 ? 1 : direction > 0 ? 0 : 2}K`); }
  clearScreenDown() { return this.write('\x1b[0J'); }
}
for (const name of ['isTTY', 'columns', 'rows']) for (const made of [StandardWriter, DescriptorReader]) {
  const own = Object.getOwnPropertyDescriptor(made.prototype, name);
  if (own) Object.defineProperty(made.prototype, name, { ...own, set(value) { Object.defineProperty(this, name, { value, writable: true, configurable: true }); } });
}

module.exports = { DescriptorReader, DescriptorWriter, open: (fd) => (fd === 0 ? new DescriptorReader(0, { close: false }) : new StandardWriter(fd)) };
