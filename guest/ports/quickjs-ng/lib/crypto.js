// crypto: digests, HMAC, key derivation from passwords, random bytes. No ciphers: openssl has them.
'use strict';

const { coded, invalidArgument } = require('internal/errors');
const stream = require('stream');

const bytesOf = (data, encoding) => {
  if (typeof data === 'string') return Buffer.from(data, encoding);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw invalidArgument('data', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
};
const result = (bytes, encoding) => (encoding && encoding !== 'buffer' ? Buffer.from(bytes.buffer).toString(encoding) : Buffer.from(bytes.buffer));
const nameOf = (algorithm) => `${algorithm}`.toLowerCase().replace(/^sha-/, 'sha').replace(/^rsa-/, '');

function start(algorithm) {
  const state = native.hashNew(nameOf(algorithm));
  if (state === undefined) throw new Error('Digest method not supported');
  return state;
}

// Makes a stream of what has update and digest.
class Digest extends stream.Transform {
  _transform(chunk, encoding, callback) {
    this.update(chunk, encoding);
    callback();
  }
  _flush(callback) { callback(null, this.digest()); }
}

class Hash extends Digest {
  #state; #finished = false;
  constructor(algorithm) {
    super();
    this.#state = typeof algorithm === 'string' ? start(algorithm) : algorithm;
  }
  update(data, encoding) {
    if (this.#finished) throw coded(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
    native.hashUpdate(this.#state, bytesOf(data, encoding));
    return this;
  }
  digest(encoding) {
    if (this.#finished) throw coded(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
    this.#finished = true;
    return result(native.hashDigest(this.#state), encoding);
  }
  copy() { return new Hash(native.hashNew(this.#state)); }
}

class Hmac extends Digest {
  #inner; #outer;
  constructor(algorithm, key) {
    super();
    this.#inner = start(algorithm);
    this.#outer = start(algorithm);
    const size = native.hashBlock(this.#inner), block = new Uint8Array(size);
    let secret = bytesOf(key);
    if (secret.length > size) {
      const state = start(algorithm);
      native.hashUpdate(state, secret);
      secret = native.hashDigest(state);
    }
    block.set(secret);
    native.hashUpdate(this.#inner, block.map((byte) => byte ^ 0x36));
    native.hashUpdate(this.#outer, block.map((byte) => byte ^ 0x5c));
  }
  update(data, encoding) {
    native.hashUpdate(this.#inner, bytesOf(data, encoding));
    return this;
  }
  digest(encoding) {
    native.hashUpdate(this.#outer, native.hashDigest(this.#inner));
    return result(native.hashDigest(this.#outer), encoding);
  }
}

function pbkdf2Sync(password, salt, iterations, length, algorithm) {
  const output = Buffer.alloc(length);
  for (let block = 1, at = 0; at < length; block++) {
    const index = Buffer.alloc(4);
    index.writeUInt32BE(block);
    let last = new Hmac(algorithm, password).update(salt).update(index).digest();
    const sum = Buffer.from(last);
    for (let i = 1; i < iterations; i++) {
      last = new Hmac(algorithm, password).update(last).digest();
      for (let j = 0; j < sum.length; j++) sum[j] ^= last[j];
    }
    at += sum.copy(output, at);
  }
  return output;
}

function fill(view) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  require('internal/errors').check(native.random(bytes), 'getrandom');
  return view;
}

function randomBytes(size, callback) {
  if (typeof size !== 'number') throw invalidArgument('size', 'of type number', size);
  const bytes = fill(Buffer.alloc(size));
  if (!callback) return bytes;
  setImmediate(callback, null, bytes);
  return undefined;
}

function randomUUID() {
  const bytes = randomBytes(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function randomInt(low, high, callback) {
  if (high === undefined || typeof high === 'function') [low, high, callback] = [0, low, high];
  if (!(high > low)) throw require('internal/errors').outOfRange('max', `greater than the value of "min" (${low})`, high);
  const range = high - low, limit = 2 ** 48 - (2 ** 48 % range);
  let value;
  do value = randomBytes(6).readUIntBE(0, 6); while (value >= limit);
  if (!callback) return low + (value % range);
  setImmediate(callback, null, low + (value % range));
  return undefined;
}

function timingSafeEqual(a, b) {
  const left = bytesOf(a), right = bytesOf(b);
  if (left.length !== right.length) throw coded(RangeError, 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', 'Input buffers must have the same byte length');
  let difference = 0;
  for (let i = 0; i < left.length; i++) difference |= left[i] ^ right[i];
  return difference === 0;
}

function randomFillSync(view, offset = 0, size = view.length - offset) {
  fill(new Uint8Array(view.buffer, view.byteOffset + offset, size));
  return view;
}

const subtle = {
  async digest(algorithm, data) {
    const state = start(algorithm.name ?? algorithm);
    native.hashUpdate(state, bytesOf(data));
    return native.hashDigest(state).buffer;
  },
};
const webcrypto = { subtle, randomUUID, getRandomValues: fill };
module.exports = {
  Hash, Hmac, createHash: (algorithm) => new Hash(algorithm), createHmac: (algorithm, key) => new Hmac(algorithm, key),
  hash: (algorithm, data, encoding = 'hex') => new Hash(algorithm).update(data).digest(encoding),
  getHashes: () => ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'], getCiphers: () => [], getRandomValues: fill,
  randomBytes, pseudoRandomBytes: randomBytes, randomUUID, randomInt, randomFillSync, randomFill: (view, callback) => setImmediate(callback, null, fill(view)), timingSafeEqual,
  pbkdf2Sync, pbkdf2(...values) {
    const callback = values.pop();
    setImmediate(() => callback(null, pbkdf2Sync(...values)));
  },
  webcrypto, subtle, constants: {},
};
