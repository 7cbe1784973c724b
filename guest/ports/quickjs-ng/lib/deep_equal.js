// Deep equality, as assert and util.isDeepStrictEqual have it.
'use strict';

const kinds = (value) => native.classOf(value);

function equal(a, b, strict, memo = new Map()) {
  if (a === b) return a !== 0 || !strict || Object.is(a, b);
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') {
    if (strict) return Object.is(a, b);
    // eslint-disable-next-line eqeqeq
    return typeof a !== 'object' && typeof b !== 'object' ? a == b || (a !== a && b !== b) : (a === null || typeof a !== 'object') && (b === null || typeof b !== 'object') && a == b;
  }
  if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const kind = kinds(a);
  if (kind !== kinds(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && a.length !== b.length) return false;
  if (kind === 'Date' && !Object.is(a.getTime(), b.getTime())) return false;
  if (kind === 'RegExp' && (String(a) !== String(b) || a.lastIndex !== b.lastIndex)) return false;
  if (native.isError(a) && (a.message !== b.message || a.name !== b.name)) return false;
  if (['Number', 'String', 'Boolean', 'Symbol', 'BigInt'].includes(kind) && !Object.is(a.valueOf(), b.valueOf())) return false;
  if (['WeakMap', 'WeakSet', 'Promise'].includes(kind)) return false;
  if (memo.get(a) === b) return true;
  memo.set(a, b);
  const same = members(a, b, strict, memo, kind);
  memo.delete(a);
  return same;
}

function members(a, b, strict, memo, kind) {
  if (ArrayBuffer.isView(a) || kind === 'ArrayBuffer') {
    const [left, right] = [a, b].map((view) => (kind === 'ArrayBuffer' ? new Uint8Array(view) : new Uint8Array(view.buffer, view.byteOffset, view.byteLength)));
    if (left.length !== right.length) return false;
    if (!strict && /^Float/.test(kind)) return [...a].every((value, i) => value === b[i]);
    if (!left.every((byte, i) => byte === right[i])) return false;
  } else if (kind === 'Set' || kind === 'Map') {
    if (a.size !== b.size || !(kind === 'Set' ? sets : maps)(a, b, strict, memo)) return false;
  }
  const keysOf = (value) => Object.keys(value).filter((key) => !ArrayBuffer.isView(value) || !/^\d+$/.test(key));
  const keys = keysOf(a);
  if (keys.length !== keysOf(b).length || !keys.every((key) => Object.prototype.propertyIsEnumerable.call(b, key))) return false;
  if (strict) {
    const symbols = (value) => Object.getOwnPropertySymbols(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
    const found = symbols(a);
    if (found.length !== symbols(b).length || !found.every((key) => Object.prototype.propertyIsEnumerable.call(b, key))) return false;
    keys.push(...found);
  }
  return keys.every((key) => equal(a[key], b[key], strict, memo));
}

function sets(a, b, strict, memo) {
  const left = [...b].filter((item) => !a.has(item));
  for (const item of a) {
    if (b.has(item)) continue;
    const at = left.findIndex((other) => equal(item, other, strict, memo));
    if (at === -1) return false;
    left.splice(at, 1);
  }
  return true;
}

function maps(a, b, strict, memo) {
  const left = [...b.keys()].filter((key) => !a.has(key));
  for (const [key, value] of a) {
    if (b.has(key)) {
      if (!equal(value, b.get(key), strict, memo)) return false;
      continue;
    }
    const at = left.findIndex((other) => equal(key, other, strict, memo) && equal(value, b.get(other), strict, memo));
    if (at === -1) return false;
    left.splice(at, 1);
  }
  return true;
}

module.exports = { equal };
