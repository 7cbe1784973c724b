// buffer: Buffer is a Uint8Array with text encodings.
'use strict';

const { coded, invalidArgument, outOfRange } = require('internal/errors');
const { inspect } = require('internal/inspect');

const ENCODINGS = { utf8: 'utf8', 'utf-8': 'utf8', hex: 'hex', base64: 'base64', base64url: 'base64url', latin1: 'latin1', binary: 'latin1', ascii: 'ascii',
  ucs2: 'utf16le', 'ucs-2': 'utf16le', utf16le: 'utf16le', 'utf-16le': 'utf16le' };

function encodingOf(name) {
  if (name === undefined || name === null || name === '') return 'utf8';
  const found = ENCODINGS[`${name}`.toLowerCase()];
  if (!found) throw coded(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${name}`);
  return found;
}

function encode(text, encoding) {
  switch (encodingOf(encoding)) {
    case 'hex': return native.fromHex(text);
    case 'base64': case 'base64url': return native.fromBase64(text);
    case 'latin1': case 'ascii': return native.encodeUnits(text, 1);
    case 'utf16le': return native.encodeUnits(text, 2);
    default: return native.encode(text);
  }
}

function decode(bytes, encoding, start, end) {
  const length = Math.max(0, end - start);
  switch (encodingOf(encoding)) {
    case 'hex': return native.toHex(bytes, start, length);
    case 'base64': return native.toBase64(bytes, start, length, false);
    case 'base64url': return native.toBase64(bytes, start, length, true);
    case 'latin1': return native.decodeUnits(bytes, start, length, 1);
    case 'ascii': return native.decodeUnits(bytes.subarray(start, end).map((byte) => byte & 127), 0, length, 1);
    case 'utf16le': return native.decodeUnits(bytes, start, length, 2);
    default: return native.decode(bytes, start, length, false);
  }
}

const asBuffer = (bytes) => Object.setPrototypeOf(bytes, Buffer.prototype);
const isView = (value) => ArrayBuffer.isView(value);
const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const isArrayBuffer = (value) => value instanceof ArrayBuffer || (typeof SharedArrayBuffer !== 'undefined' && value instanceof SharedArrayBuffer);

function checkSize(size) {
  if (typeof size !== 'number') throw invalidArgument('size', 'of type number', size);
  if (!(size >= 0 && size <= 2 ** 31 - 1)) throw outOfRange('size', '>= 0 && <= 2147483647', size);
}

function Buffer(value, encoding, length) {
  return typeof value === 'number' ? Buffer.alloc(value) : Buffer.from(value, encoding, length);
}
Object.setPrototypeOf(Buffer, Uint8Array);
Buffer.prototype = Object.create(Uint8Array.prototype, { constructor: { value: Buffer, writable: true, configurable: true } });

Object.assign(Buffer, {
  poolSize: 8192,
  from(value, encoding, length) {
    if (typeof value === 'string') return asBuffer(encode(value, encoding));
    if (value !== null && typeof value === 'object') {
      if (isArrayBuffer(value)) return asBuffer(new Uint8Array(value, encoding, length));
      if (isView(value)) return asBuffer(value instanceof Uint8Array ? new Uint8Array(value) : Uint8Array.from(value));
      const primitive = value.valueOf?.();
      if (primitive != null && primitive !== value && (typeof primitive === 'string' || typeof primitive === 'object')) return Buffer.from(primitive, encoding, length);
      if (value.type === 'Buffer' && Array.isArray(value.data)) return asBuffer(Uint8Array.from(value.data));
      if (value.length !== undefined) return asBuffer(typeof value.length === 'number' ? Uint8Array.from(value) : new Uint8Array(0));
      if (typeof value[Symbol.toPrimitive] === 'function') return Buffer.from(value[Symbol.toPrimitive]('string'), encoding);
    }
    throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object.' +
      invalidArgument('x', 'y', value).message.replace(/^.*? must be y\./, ''));
  },
  alloc(size, fill, encoding) {
    checkSize(size);
    const buffer = asBuffer(new Uint8Array(size));
    return fill !== undefined && fill !== 0 && size > 0 ? buffer.fill(fill, encoding) : buffer;
  },
  allocUnsafe(size) { return Buffer.alloc(size); },
  allocUnsafeSlow(size) { return Buffer.alloc(size); },
  of: (...bytes) => asBuffer(Uint8Array.from(bytes)),
  isBuffer: (value) => value instanceof Buffer,
  isEncoding: (name) => typeof name === 'string' && name.toLowerCase() in ENCODINGS,
  byteLength(value, encoding) {
    if (typeof value === 'string') return encode(value, encoding).length;
    if (isView(value) || isArrayBuffer(value)) return value.byteLength;
    throw invalidArgument('string', 'of type string or an instance of Buffer or ArrayBuffer', value);
  },
  concat(list, total) {
    if (!Array.isArray(list)) throw invalidArgument('list', 'an instance of Array', list);
    total ??= list.reduce((sum, item) => sum + item.length, 0);
    const result = Buffer.alloc(total);
    let at = 0;
    for (const item of list) {
      if (!(item instanceof Uint8Array)) throw invalidArgument(`list[${list.indexOf(item)}]`, 'an instance of Buffer or Uint8Array', item);
      if (at >= total) break;
      result.set(item.length > total - at ? item.subarray(0, total - at) : item, at);
      at += item.length;
    }
    return result;
  },
  compare(a, b) {
    for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
    return Math.sign(a.length - b.length);
  },
  copyBytesFrom: (view, offset = 0, length = view.length - offset) => Buffer.from(bytesOf(view.subarray(offset, offset + length))),
});

function position(value, size) {
  const number = Math.trunc(Number(value)) || 0;
  return number < 0 ? Math.max(0, size + number) : Math.min(number, size);
}

// Where needle begins, or -1; backwards finds the last.
function find(buffer, needle, from, encoding, backwards) {
  if (typeof from === 'string') [from, encoding] = [undefined, from];
  if (typeof needle === 'number') needle = Uint8Array.of(needle & 255);
  else if (typeof needle === 'string') needle = encode(needle, encoding);
  else if (!(needle instanceof Uint8Array)) throw invalidArgument('value', 'one of type number or string or an instance of Buffer or Uint8Array', needle);
  let at = Number(from);
  if (Number.isNaN(at)) at = backwards ? buffer.length : 0;
  at = Math.trunc(at);
  if (at < 0) at += buffer.length;
  if (at < 0 && backwards) return -1;
  at = Math.max(0, at);
  if (needle.length === 0) return Math.min(at, buffer.length);
  const last = buffer.length - needle.length;
  if (backwards) at = Math.min(at, last);
  for (; backwards ? at >= 0 : at <= last; at += backwards ? -1 : 1) {
    at = backwards ? Uint8Array.prototype.lastIndexOf.call(buffer, needle[0], at) : Uint8Array.prototype.indexOf.call(buffer, needle[0], at);
    if (at < 0) return -1;
    let i = 1;
    while (i < needle.length && buffer[at + i] === needle[i]) i++;
    if (i === needle.length) return at;
  }
  return -1;
}

const methods = {
  toString(encoding, start = 0, end = this.length) { return decode(this, encoding, Math.max(0, start | 0), Math.min(this.length, end)); },
  toJSON() { return { type: 'Buffer', data: Array.from(this) }; },
  equals(other) {
    if (!(other instanceof Uint8Array)) throw invalidArgument('otherBuffer', 'an instance of Buffer or Uint8Array', other);
    return Buffer.compare(this, other) === 0;
  },
  compare(other, start = 0, end = other.length, thisStart = 0, thisEnd = this.length) {
    return Buffer.compare(this.subarray(thisStart, thisEnd), other.subarray(start, end));
  },
  slice(start, end) { return this.subarray(start, end); },
  subarray(start = 0, end = this.length) {
    const from = position(start, this.length), to = Math.max(from, position(end, this.length));
    return asBuffer(new Uint8Array(this.buffer, this.byteOffset + from, to - from));
  },
  write(text, offset, length, encoding) {
    if (typeof offset === 'string') [offset, encoding] = [0, offset];
    else if (typeof length === 'string') [length, encoding] = [undefined, length];
    offset ??= 0;
    const bytes = encode(text, encoding);
    let size = Math.min(bytes.length, length ?? Infinity, this.length - offset);
    // Not the first part of a character.
    if (size < bytes.length && encodingOf(encoding) === 'utf8') while (size > 0 && (bytes[size] & 0xc0) === 0x80) size--;
    this.set(bytes.subarray(0, size), offset);
    return size;
  },
  fill(value, start, end, encoding) {
    if (typeof start === 'string') [start, encoding] = [0, start];
    else if (typeof end === 'string') [end, encoding] = [this.length, end];
    start ??= 0;
    end ??= this.length;
    if (typeof value === 'string') {
      value = encode(value, encoding);
      if (value.length === 0) value = Uint8Array.of(0);
    }
    if (typeof value === 'number' || typeof value === 'boolean') Uint8Array.prototype.fill.call(this, value & 255, start, end);
    else for (let i = start; i < end; i++) this[i] = value[(i - start) % value.length];
    return this;
  },
  copy(to, toStart = 0, start = 0, end = this.length) {
    const part = this.subarray(start, Math.min(end, start + Math.max(0, to.length - toStart)));
    bytesOf(to).set(part, toStart);
    return part.length;
  },
  indexOf(value, from, encoding) { return find(this, value, from, encoding, false); },
  lastIndexOf(value, from, encoding) { return find(this, value, from, encoding, true); },
  includes(value, from, encoding) { return find(this, value, from, encoding, false) !== -1; },
  swap16() { return swap(this, 2); },
  swap32() { return swap(this, 4); },
  swap64() { return swap(this, 8); },
  [inspect.custom](depth, options) {
    const shown = native.toHex(this, 0, Math.min(50, this.length)).replace(/(.{2})(?=.)/g, '$1 ');
    const left = this.length - 50;
    return `<${this.constructor.name}${shown ? ` ${shown}` : ''}${left > 0 ? ` ... ${left} more byte${left > 1 ? 's' : ''}` : ''}>`;
  },
};

function swap(buffer, size) {
  if (buffer.length % size) throw coded(RangeError, 'ERR_INVALID_BUFFER_SIZE', `Buffer size must be a multiple of ${size * 8}-bits`);
  for (let i = 0; i < buffer.length; i += size) Uint8Array.prototype.reverse.call(new Uint8Array(buffer.buffer, buffer.byteOffset + i, size));
  return buffer;
}

function view(buffer, offset, size) {
  if (typeof offset !== 'number') throw invalidArgument('offset', 'of type number', offset);
  if (!Number.isInteger(offset)) throw outOfRange('offset', 'an integer', offset);
  if (buffer.length - size < 0) throw coded(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', 'Attempt to access memory outside buffer bounds');
  if (offset < 0 || offset > buffer.length - size) throw outOfRange('offset', `>= 0 and <= ${buffer.length - size}`, offset);
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

const NUMBERS = { Int8: 1, Uint8: 1, Int16: 2, Uint16: 2, Int32: 4, Uint32: 4, BigInt64: 8, BigUint64: 8, Float: 4, Double: 8 };
for (const [name, size] of Object.entries(NUMBERS)) {
  const kind = { Float: 'Float32', Double: 'Float64' }[name] ?? name, bits = BigInt(size * 8);
  const integer = /^U?[Ii]nt/.test(name), signed = name.startsWith('Int');
  const low = signed ? -(2n ** (bits - 1n)) : 0n, high = signed ? 2n ** (bits - 1n) - 1n : 2n ** bits - 1n;
  for (const order of size === 1 ? [''] : ['LE', 'BE']) {
    const little = order === 'LE', nodeName = name.replace('BigUint', 'BigUInt').replace(/^Uint/, 'UInt');
    methods[`read${nodeName}${order}`] = function (offset = 0) { return view(this, offset, size)[`get${kind}`](offset, little); };
    methods[`write${nodeName}${order}`] = function (value, offset = 0) {
      if (integer && (value < low || value > high)) throw outOfRange('value', size > 3 ? `>= ${signed ? `-(2 ** ${bits - 1n})` : 0} and <= 2 ** ${signed ? bits - 1n : bits} - 1`.replace(/<= (.*)$/, '<= $1') : `>= ${low} and <= ${high}`, value);
      view(this, offset, size)[`set${kind}`](offset, value, little);
      return offset + size;
    };
  }
}
for (const order of ['LE', 'BE']) {
  const at = (i, size) => (order === 'LE' ? i : size - 1 - i);
  methods[`readUInt${order}`] = function (offset, size) {
    view(this, offset, size);
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this[offset + at(i, size)];
    return value;
  };
  methods[`readInt${order}`] = function (offset, size) {
    const value = this[`readUInt${order}`](offset, size);
    return value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value;
  };
  methods[`writeUInt${order}`] = methods[`writeInt${order}`] = function (value, offset, size) {
    view(this, offset, size);
    for (let i = 0; i < size; i++, value = Math.floor(value / 256)) this[offset + at(i, size)] = value & 255;
    return offset + size;
  };
}
for (const name of Object.keys(methods)) if (name.includes('UInt')) methods[name.replace('UInt', 'Uint')] = methods[name];
methods.toLocaleString = methods.toString;
for (const name of Reflect.ownKeys(methods)) Object.defineProperty(Buffer.prototype, name, { value: methods[name], writable: true, configurable: true, enumerable: true });
Object.defineProperty(Buffer.prototype, 'parent', { get() { return this.buffer; }, configurable: true });

class Blob {
  #parts; #type;
  constructor(parts = [], options = {}) {
    this.#parts = Buffer.concat([...parts].map((part) => (part instanceof Blob ? part.#parts : typeof part === 'string' ? Buffer.from(part) : isView(part) ? Buffer.from(bytesOf(part)) : Buffer.from(part))));
    this.#type = options.type ?? '';
  }
  get size() { return this.#parts.length; }
  get type() { return this.#type; }
  async text() { return this.#parts.toString(); }
  async arrayBuffer() { return new Uint8Array(this.#parts).buffer; }
  async bytes() { return new Uint8Array(this.#parts); }
  slice(start, end, type) { return new Blob([this.#parts.subarray(start, end)], { type }); }
}

class File extends Blob {
  constructor(parts, name, options = {}) {
    super(parts, options);
    this.name = name;
    this.lastModified = options.lastModified ?? Date.now();
  }
}

module.exports = {
  Buffer, Blob, File, SlowBuffer: Buffer, encode, decode, encodingOf,
  kMaxLength: 2 ** 31 - 1, constants: { MAX_LENGTH: 2 ** 31 - 1, MAX_STRING_LENGTH: 2 ** 29 - 24 }, INSPECT_MAX_BYTES: 50,
  atob(text) {
    const clean = `${text}`.replace(/[\t\n\f\r ]/g, '');
    if (/[^A-Za-z0-9+/=]/.test(clean) || clean.replace(/={1,2}$/, '').length % 4 === 1) throw new DOMException('Invalid character', 'InvalidCharacterError');
    return native.decodeUnits(native.fromBase64(clean), 0, Infinity, 1);
  },
  btoa(text) {
    if (/[^\x00-\xff]/.test(text)) throw new DOMException('Invalid character', 'InvalidCharacterError');
    return native.toBase64(native.encodeUnits(`${text}`, 1), 0, Infinity, false);
  },
  isUtf8: (bytes) => native.decode(bytes, 0, Infinity, true) !== undefined,
  isAscii: (bytes) => bytesOf(bytes).every((byte) => byte < 128),
};
