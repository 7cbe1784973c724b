// util: formatting, promisify, type tests, text encoders, structured clone, argument parsing.
'use strict';

const { inspect, format, formatWithOptions, stripColors } = require('internal/inspect');
const { coded, functionArgument, invalidArgument, byNumber } = require('internal/errors');
const types = require('util/types');

const kCustom = Symbol.for('nodejs.util.promisify.custom');

function promisify(original) {
  functionArgument(original, 'original');
  if (original[kCustom]) return original[kCustom];
  const result = function (...values) {
    return new Promise((resolve, reject) => original.call(this, ...values, (error, ...got) => (error ? reject(error) : resolve(got[0]))));
  };
  Object.setPrototypeOf(result, Object.getPrototypeOf(original));
  return Object.defineProperties(result, { ...Object.getOwnPropertyDescriptors(original), [kCustom]: { value: result } });
}
promisify.custom = kCustom;

function callbackify(original) {
  functionArgument(original, 'original');
  return function (...values) {
    const callback = values.pop();
    functionArgument(callback, 'last argument');
    original.apply(this, values).then((result) => process.nextTick(callback, null, result), (reason) => {
      process.nextTick(callback, reason ?? Object.assign(coded(Error, 'ERR_FALSY_VALUE_REJECTION', 'Promise was rejected with falsy value'), { reason }));
    });
  };
}

const warned = new Set();
function deprecate(method, message, code) {
  return function (...values) {
    if (!warned.has(code ?? message)) {
      warned.add(code ?? message);
      process.emitWarning(message, 'DeprecationWarning', code);
    }
    return new.target ? Reflect.construct(method, values, new.target) : method.apply(this, values);
  };
}

function inherits(constructor, parent) {
  Object.defineProperty(constructor, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

class TextEncoder {
  get encoding() { return 'utf-8'; }
  encode(text = '') { return native.encode(`${text}`); }
  encodeInto(text, target) {
    let read = 0, written = 0;
    for (const character of text) {
      const bytes = native.encode(character);
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      read += character.length;
      written += bytes.length;
    }
    return { read, written };
  }
}

const LABELS = { 'utf-8': 'utf-8', utf8: 'utf-8', 'unicode-1-1-utf-8': 'utf-8', 'utf-16le': 'utf-16le', 'utf-16': 'utf-16le', latin1: 'windows-1252', ascii: 'windows-1252', 'iso-8859-1': 'windows-1252', 'windows-1252': 'windows-1252' };

class TextDecoder {
  #encoding; #fatal; #ignoreBOM; #left = new Uint8Array(0); #started = false;
  constructor(label = 'utf-8', options = {}) {
    this.#encoding = LABELS[`${label}`.trim().toLowerCase()];
    if (!this.#encoding) throw coded(RangeError, 'ERR_ENCODING_NOT_SUPPORTED', `The "${label}" encoding is not supported`);
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBOM = Boolean(options?.ignoreBOM);
  }
  get encoding() { return this.#encoding; }
  get fatal() { return this.#fatal; }
  get ignoreBOM() { return this.#ignoreBOM; }
  decode(input = new Uint8Array(0), options = {}) {
    let bytes = ArrayBuffer.isView(input) ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength) : new Uint8Array(input);
    if (this.#left.length) bytes = Buffer.concat([this.#left, bytes]);
    const whole = options?.stream ? bytes.length - this.#incomplete(bytes) : bytes.length;
    this.#left = bytes.slice(whole);
    let text = this.#encoding === 'utf-8' ? native.decode(bytes, 0, whole, this.#fatal) : native.decodeUnits(bytes, 0, whole, this.#encoding === 'utf-16le' ? 2 : 1);
    if (text === undefined) throw coded(TypeError, 'ERR_ENCODING_INVALID_ENCODED_DATA', 'The encoded data was not valid for encoding utf-8');
    if (!this.#started && !this.#ignoreBOM && text.startsWith('\ufeff')) text = text.slice(1);
    this.#started = Boolean(options?.stream);
    return text;
  }
  // Bytes at the end that begin a character and do not end it.
  #incomplete(bytes) {
    if (this.#encoding !== 'utf-8') return this.#encoding === 'utf-16le' ? bytes.length % 2 : 0;
    for (let back = 1; back <= Math.min(3, bytes.length); back++) {
      const byte = bytes[bytes.length - back];
      if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
      if (byte < 0x80) return 0;
    }
    return 0;
  }
}

function structuredClone(value, options) {
  if (arguments.length === 0) throw new TypeError("The 'value' argument must be specified");
  const seen = new Map();
  const refuse = (what) => { throw new DOMException(`${what} could not be cloned.`, 'DataCloneError'); };
  const clone = (item) => {
    if (typeof item === 'symbol' || typeof item === 'function') refuse(typeof item === 'symbol' ? String(item) : Function.prototype.toString.call(item));
    if (item === null || typeof item !== 'object') return item;
    if (seen.has(item)) return seen.get(item);
    const keep = (copy) => (seen.set(item, copy), copy);
    const kind = native.classOf(item);
    if (Array.isArray(item)) {
      const copy = keep(new Array(item.length));
      for (const key of Object.keys(item)) copy[key] = clone(item[key]);
      return copy;
    }
    if (native.isError(item)) {
      const Base = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError }[item.name] ?? Error;
      const copy = keep(new Base(item.message));
      if ('stack' in item) Object.defineProperty(copy, 'stack', { value: item.stack, writable: true, configurable: true });
      if (Object.hasOwn(item, 'cause')) Object.defineProperty(copy, 'cause', { value: clone(item.cause), writable: true, configurable: true });
      return copy;
    }
    switch (kind) {
      case 'Date': return keep(new Date(item.getTime()));
      case 'RegExp': return keep(new RegExp(item.source, item.flags));
      case 'Boolean': case 'Number': case 'String': case 'BigInt': return keep(Object(item.valueOf()));
      case 'ArrayBuffer': return keep(item.slice(0));
      case 'Map': {
        const copy = keep(new Map());
        for (const [key, part] of item) copy.set(clone(key), clone(part));
        return copy;
      }
      case 'Set': {
        const copy = keep(new Set());
        for (const part of item) copy.add(clone(part));
        return copy;
      }
      case 'Promise': case 'WeakMap': case 'WeakSet': case 'WeakRef': case 'Generator': refuse(`#<${kind}>`);
    }
    if (ArrayBuffer.isView(item)) {
      const buffer = clone(item.buffer), Type = kind === 'DataView' ? DataView : globalThis[kind];
      return keep(new Type(buffer, item.byteOffset, kind === 'DataView' ? item.byteLength : item.length));
    }
    const copy = keep({});
    for (const key of Object.keys(item)) copy[key] = clone(item[key]);
    return copy;
  };
  return clone(value);
}

function parseArgs(config = {}) {
  const { options = {}, strict = true, allowPositionals = !strict, tokens: wantTokens = false } = config;
  const words = config.args ?? process.argv.slice(process.argv[1] ? 2 : 1), values = Object.create(null), positionals = [], tokens = [];
  const set = (name, value, raw) => {
    const known = options[name];
    if (strict && !known) throw coded(TypeError, 'ERR_PARSE_ARGS_UNKNOWN_OPTION', `Unknown option '${raw}'${allowPositionals ? `. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- "${raw}"` : ''}`);
    const short = known?.short ? `-${known.short}, ` : '';
    if (strict && known.type === 'string' && typeof value !== 'string') throw coded(TypeError, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${short}--${name} <value>' argument missing`);
    if (strict && known.type === 'boolean' && typeof value === 'string') throw coded(TypeError, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${short}--${name}' does not take an argument`);
    if (known?.multiple) (values[name] ??= []).push(value ?? true);
    else values[name] = value ?? true;
  };
  const long = (short) => Object.keys(options).find((name) => options[name].short === short) ?? short;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === '--') {
      tokens.push({ kind: 'option-terminator', index: i });
      positionals.push(...words.slice(i + 1));
      break;
    }
    const take = (name, raw, inline) => {
      let value = inline;
      if (value === undefined && options[name]?.type === 'string' && i + 1 < words.length) value = words[++i];
      else if (value === undefined && config.allowNegative && name.startsWith('no-') && options[name.slice(3)]?.type === 'boolean') [name, value] = [name.slice(3), false];
      tokens.push({ kind: 'option', name, rawName: raw, index: i, value, inlineValue: inline !== undefined });
      if (value === false) values[name] = false;
      else set(name, value, raw);
    };
    if (word.startsWith('--')) {
      const at = word.indexOf('=');
      take(at > 0 ? word.slice(2, at) : word.slice(2), at > 0 ? word.slice(0, at) : word, at > 0 ? word.slice(at + 1) : undefined);
    } else if (word.startsWith('-') && word.length > 1) {
      for (let j = 1; j < word.length; j++) {
        const name = long(word[j]);
        if (options[name]?.type === 'string' && j + 1 < word.length) {
          take(name, `-${word[j]}`, word.slice(j + 1));
          break;
        }
        take(name, `-${word[j]}`);
      }
    } else {
      if (!allowPositionals) throw coded(TypeError, 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL', `Unexpected argument '${word}'. This command does not take positional arguments`);
      positionals.push(word);
      tokens.push({ kind: 'positional', index: i, value: word });
    }
  }
  for (const [name, known] of Object.entries(options)) if (known.default !== undefined && values[name] === undefined) values[name] = known.default;
  return { values, positionals, ...(wantTokens ? { tokens } : {}) };
}

function styleText(style, text, { validateStream = true, stream = process.stdout } = {}) {
  for (const name of [style].flat().reverse()) {
    const color = inspect.colors[name];
    if (!color) throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'format' must be one of: ${Object.keys(inspect.colors).map((key) => `'${key}'`).join(', ')}. Received ${inspect(name)}`);
    if (!validateStream || stream.isTTY) text = `\x1b[${color[0]}m${text}\x1b[${color[1]}m`;
  }
  return text;
}

function debuglog(section) {
  const on = (process.env.NODE_DEBUG ?? '').toLowerCase().split(',').includes(section.toLowerCase());
  return Object.assign((...values) => on && require('internal/loop').writeAll(2, `${section.toUpperCase()} ${process.pid}: ${format(...values)}\n`), { enabled: on });
}

module.exports = {
  inspect, format, formatWithOptions, promisify, callbackify, deprecate, inherits, types, TextEncoder, TextDecoder, structuredClone, parseArgs, styleText,
  debuglog, debug: debuglog, stripVTControlCharacters: stripColors,
  isDeepStrictEqual: (a, b) => require('internal/deep_equal').equal(a, b, true),
  isArray: Array.isArray, isBoolean: (v) => typeof v === 'boolean', isNull: (v) => v === null, isNullOrUndefined: (v) => v == null, isNumber: (v) => typeof v === 'number',
  isString: (v) => typeof v === 'string', isSymbol: (v) => typeof v === 'symbol', isUndefined: (v) => v === undefined, isRegExp: types.isRegExp, isDate: types.isDate,
  isObject: (v) => v !== null && typeof v === 'object', isError: (v) => native.isError(v), isFunction: (v) => typeof v === 'function', isPrimitive: (v) => v === null || (typeof v !== 'object' && typeof v !== 'function'),
  isBuffer: (v) => Buffer.isBuffer(v), _extend: Object.assign,
  getSystemErrorName: (number) => byNumber.get(-number)?.[0],
  toUSVString: (text) => `${text}`.toWellFormed(),
  aborted: (signal) => new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve()))),
};
