// querystring: the old way with query strings.
'use strict';

function unescape(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return Buffer.from(text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString();
  }
}
const escape = (text) => encodeURIComponent(typeof text === 'string' ? text : `${text}`);
const primitive = (value) => (typeof value === 'string' ? value : (typeof value === 'number' && Number.isFinite(value)) || typeof value === 'boolean' || typeof value === 'bigint' ? `${value}` : '');

function parse(text, separator = '&', equals = '=', options = {}) {
  const result = Object.create(null), decode = options.decodeURIComponent ?? module.exports.unescape;
  if (typeof text !== 'string' || text === '') return result;
  const limit = options.maxKeys ?? 1000;
  for (const part of text.split(separator).slice(0, limit > 0 ? limit : undefined)) {
    if (part === '') continue;
    const at = part.indexOf(equals);
    const [key, value] = (at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + equals.length)]).map((word) => decode(word.replaceAll('+', ' ')));
    if (!(key in result)) result[key] = value;
    else if (Array.isArray(result[key])) result[key].push(value);
    else result[key] = [result[key], value];
  }
  return result;
}

function stringify(object, separator = '&', equals = '=', options = {}) {
  const encode = options.encodeURIComponent ?? module.exports.escape;
  if (object === null || typeof object !== 'object') return '';
  return Object.keys(object).flatMap((key) => [object[key]].flat().map((value) => `${encode(primitive(key))}${equals}${encode(primitive(value))}`)).join(separator);
}

module.exports = { parse, stringify, escape, unescape, decode: parse, encode: stringify };
