// assert: claims that throw when they do not hold.
'use strict';

const { inspect } = require('internal/inspect');
const { equal: same } = require('internal/deep_equal');
const { coded, invalidArgument } = require('internal/errors');

const show = (value) => inspect(value, { compact: false, customInspect: false, depth: 1000, maxArrayLength: Infinity, sorted: true, getters: true, breakLength: Infinity });

const HEADS = {
  deepStrictEqual: 'Expected values to be strictly deep-equal:', strictEqual: 'Expected values to be strictly equal:', deepEqual: 'Expected values to be loosely deep-equal:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:', notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:', notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
};

// The lines of both, those of one only marked with + and -.
function difference(actual, expected) {
  const left = show(actual).split('\n'), right = show(expected).split('\n');
  const table = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i--) for (let j = right.length - 1; j >= 0; j--) table[i][j] = left[i] === right[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
  const lines = [];
  for (let i = 0, j = 0; i < left.length || j < right.length; ) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push(`  ${left[i++]}`);
      j++;
    } else if (i < left.length && (j === right.length || table[i + 1][j] >= table[i][j + 1])) lines.push(`+ ${left[i++]}`);
    else lines.push(`- ${right[j++]}`);
  }
  return lines.join('\n');
}

function messageOf(operator, actual, expected) {
  const head = HEADS[operator], isSimple = (value) => value === null || (typeof value !== 'object' && typeof value !== 'function');
  if (operator === 'strictEqual' && isSimple(actual) && isSimple(expected) && `${show(actual)}${show(expected)}`.length < 70 && (actual !== 0 || expected !== 0)) return `${head}\n\n${show(actual)} !== ${show(expected)}\n`;
  if (operator === 'deepStrictEqual' || operator === 'strictEqual') return `${head}\n+ actual - expected\n\n${difference(actual, expected)}`;
  if (operator === 'deepEqual') return `${head}\n\n${show(actual)}\n\nshould loosely deep-equal\n\n${show(expected)}`;
  if (head) return `${head}${isSimple(actual) ? ' ' : '\n\n'}${show(actual)}${isSimple(actual) ? '' : '\n'}`;
  return `${show(actual)} ${operator} ${show(expected)}`;
}

// ":\n\n  assert(x)\n" with the call's own source, where it is on one line of a file.
function callText() {
  for (const [, file, line, column] of new Error().stack.matchAll(/\(?(\/[^\n]*?):(\d+):(\d+)\)?$/gm)) {
    if (file.startsWith(native.library)) continue;
    const source = native.readText(file), text = typeof source === 'string' ? source.split('\n')[line - 1] ?? '' : '';
    const start = text.slice(0, column - 1).search(/\w[\w.]*$/), from = start === -1 ? column - 1 : start;
    for (let i = text.indexOf('(', from), depth = 0; i !== -1 && i < text.length; i++) {
      if (text[i] === '(') depth++;
      if (text[i] === ')' && --depth === 0) return `:\n\n  ${text.slice(from, i + 1)}\n`;
    }
    break;
  }
  return '';
}

class AssertionError extends Error {
  constructor(options) {
    if (options === null || typeof options !== 'object') throw invalidArgument('options', 'of type object', options);
    const { message, operator, actual, expected } = options;
    super(message == null ? messageOf(operator, actual, expected) : String(message));
    this.generatedMessage = message == null;
    Object.defineProperty(this, 'name', { value: 'AssertionError', writable: true, configurable: true });
    this.code = 'ERR_ASSERTION';
    Object.assign(this, { actual, expected, operator });
    if (typeof this.stack === 'string') this.stack = this.stack.replace(/^\w*Error(?=[:\n])/, 'AssertionError [ERR_ASSERTION]');
  }
  toString() { return `${this.name} [${this.code}]: ${this.message}`; }
}

function fail(operator, actual, expected, message) {
  if (message instanceof Error) throw message;
  throw new AssertionError({ message, operator, actual, expected });
}

function assert(...values) {
  ok(values, assert);
}
function ok([value, message], from) {
  if (value) return;
  if (message instanceof Error) throw message;
  const text = message ?? (from ? `The expression evaluated to a falsy value${callText()}` : undefined);
  const error = new AssertionError({ message: text, actual: value, expected: true, operator: '==' });
  error.generatedMessage = message === undefined;
  throw error;
}

// Does an error fit what was expected of it? Throws if not.
function fits(error, expected, message, operator) {
  if (typeof expected === 'function') {
    if (expected.prototype !== undefined && error instanceof expected) return;
    if (Object.prototype.isPrototypeOf.call(Error, expected)) {
      if (message === undefined) message = `The error is expected to be an instance of "${expected.name}". Received "${error?.constructor?.name ?? inspect(error)}"\n\nError message:\n\n${error?.message}`;
      fail(operator, error, expected, message);
    }
    if (expected.call({}, error) === true) return;
    fail(operator, error, expected, message ?? `The ${expected.name ? `"${expected.name}" ` : ''}validation function is expected to return "true". Received ${inspect(expected.call({}, error))}\n\nCaught error:\n\n${error}`);
  } else if (expected instanceof RegExp) {
    if (expected.test(String(error))) return;
    fail(operator, error, expected, message ?? `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(String(error))}\n`);
  } else if (expected !== null && typeof expected === 'object') {
    const keys = Object.keys(expected);
    if (expected instanceof Error) keys.push('name', 'message');
    for (const key of keys) {
      if (typeof error?.[key] === 'string' && expected[key] instanceof RegExp && expected[key].test(error[key])) continue;
      if (error === null || typeof error !== 'object' || !(key in error) || !same(error[key], expected[key], true)) {
        const pick = (value) => Object.fromEntries(keys.filter((name) => value != null && name in Object(value)).map((name) => [name, value[name]]));
        fail(operator, error, expected, message ?? messageOf('deepStrictEqual', pick(error), pick(expected)));
      }
    }
  }
}

function split(expected, message) {
  return typeof expected === 'string' ? [undefined, expected] : [expected, message];
}

function catching(work) {
  if (typeof work !== 'function') throw invalidArgument('fn', 'of type function', work);
  try {
    work();
  } catch (error) {
    return { error };
  }
  return undefined;
}

async function rejecting(work) {
  const promise = typeof work === 'function' ? work() : work;
  if (typeof promise?.then !== 'function') throw coded(TypeError, 'ERR_INVALID_RETURN_VALUE', 'Expected instance of Promise to be returned from the "promiseFn" function but got ' + typeof promise + '.');
  try {
    await promise;
  } catch (error) {
    return { error };
  }
  return undefined;
}

function expectError(caught, operator, what, expected, message) {
  [expected, message] = split(expected, message);
  if (!caught) {
    let text = `Missing expected ${what}`;
    if (expected?.name) text += ` (${expected.name})`;
    if (message instanceof Error) throw message;
    throw new AssertionError({ message: `${text}${message ? `: ${message}` : '.'}`, actual: undefined, expected, operator });
  }
  if (expected !== undefined) fits(caught.error, expected, message, operator);
}

function expectNone(caught, operator, what, expected, message) {
  [expected, message] = split(expected, message);
  if (!caught) return;
  if (typeof expected === 'function' && !(caught.error instanceof expected)) throw caught.error;
  throw new AssertionError({ message: `Got unwanted ${what}${message ? `: ${message}` : '.'}\nActual message: "${caught.error?.message}"`, actual: caught.error, expected, operator });
}

const methods = {
  ok: (...values) => ok(values, true),
  // eslint-disable-next-line eqeqeq
  equal: (a, b, message) => a == b || (a !== a && b !== b) || fail('==', a, b, message),
  // eslint-disable-next-line eqeqeq
  notEqual: (a, b, message) => (a != b && !(a !== a && b !== b)) || fail('!=', a, b, message),
  strictEqual: (a, b, message) => Object.is(a, b) || fail('strictEqual', a, b, message),
  notStrictEqual: (a, b, message) => !Object.is(a, b) || fail('notStrictEqual', a, b, message),
  deepEqual: (a, b, message) => same(a, b, false) || fail('deepEqual', a, b, message),
  notDeepEqual: (a, b, message) => !same(a, b, false) || fail('notDeepEqual', a, b, message),
  deepStrictEqual: (a, b, message) => same(a, b, true) || fail('deepStrictEqual', a, b, message),
  notDeepStrictEqual: (a, b, message) => !same(a, b, true) || fail('notDeepStrictEqual', a, b, message),
  throws: (work, expected, message) => expectError(catching(work), 'throws', 'exception', expected, message),
  doesNotThrow: (work, expected, message) => expectNone(catching(work), 'doesNotThrow', 'exception', expected, message),
  rejects: async (work, expected, message) => expectError(await rejecting(work), 'rejects', 'rejection', expected, message),
  doesNotReject: async (work, expected, message) => expectNone(await rejecting(work), 'doesNotReject', 'rejection', expected, message),
  match: (text, pattern, message) => (typeof text === 'string' && pattern.test(text)) || fail('match', text, pattern, message ?? `The input did not match the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`),
  doesNotMatch: (text, pattern, message) => !pattern.test(text) || fail('doesNotMatch', text, pattern, message ?? `The input was expected to not match the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`),
  fail(message = 'Failed') {
    if (message instanceof Error) throw message;
    throw new AssertionError({ message, operator: 'fail' });
  },
  ifError(value) {
    if (value !== null && value !== undefined) throw new AssertionError({ message: `ifError got unwanted exception: ${value?.message ?? inspect(value)}`, actual: value, expected: null, operator: 'ifError' });
  },
};
for (const [name, method] of Object.entries(methods)) assert[name] = { async [name](...values) { await method(...values); } }[name];
for (const [name, method] of Object.entries(methods)) if (!['rejects', 'doesNotReject'].includes(name)) assert[name] = { [name](...values) { method(...values); } }[name];
assert.AssertionError = AssertionError;
assert.strict = Object.assign((...values) => ok(values, true), assert, { equal: assert.strictEqual, notEqual: assert.notStrictEqual, deepEqual: assert.deepStrictEqual, notDeepEqual: assert.notDeepStrictEqual });
assert.strict.strict = assert.strict;
module.exports = assert;
