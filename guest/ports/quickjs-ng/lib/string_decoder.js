// string_decoder: text from chunks that may end in the middle of a character.
'use strict';

const { encodingOf, decode } = require('buffer');

class StringDecoder {
  #left = Buffer.alloc(0);
  constructor(encoding) { this.encoding = encodingOf(encoding); }
  write(chunk) {
    if (typeof chunk === 'string') return chunk;
    const bytes = this.#left.length ? Buffer.concat([this.#left, chunk]) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const whole = bytes.length - this.#incomplete(bytes);
    this.#left = Buffer.from(bytes.subarray(whole));
    return decode(bytes, this.encoding, 0, whole);
  }
  end(chunk) {
    const text = chunk === undefined ? '' : this.write(chunk);
    const rest = this.#left.length ? decode(this.#left, this.encoding, 0, this.#left.length) : '';
    this.#left = Buffer.alloc(0);
    return text + rest;
  }
  #incomplete(bytes) {
    if (this.encoding === 'utf16le') return bytes.length % 2;
    if (this.encoding.startsWith('base64')) return bytes.length % 3;
    if (this.encoding !== 'utf8') return 0;
    for (let back = 1; back <= Math.min(3, bytes.length); back++) {
      const byte = bytes[bytes.length - back];
      if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
      if (byte < 0x80) return 0;
    }
    return 0;
  }
}

module.exports = { StringDecoder };
