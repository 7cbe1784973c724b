// util.inspect and util.format: values as Node prints them.
'use strict';

const custom = Symbol.for('nodejs.util.inspect.custom');
const OBJECT = 0, ARRAY = 1, ARRAY_EXTRAS = 2;
const defaults = {
  showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false, maxArrayLength: 100, maxStringLength: 10000,
  breakLength: 80, compact: 3, sorted: false, getters: false, numericSeparator: false,
};
const hasOwn = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
const isEnumerable = (object, key) => Object.prototype.propertyIsEnumerable.call(object, key);
const classOf = (value) => native.classOf(value);
const isTypedArray = (value) => ArrayBuffer.isView(value) && classOf(value) !== 'DataView';
const BOXED = { Number: 1, String: 1, Boolean: 1, Symbol: 1, BigInt: 1 };

inspect.colors = {
  reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], inverse: [7, 27], hidden: [8, 28], strikethrough: [9, 29],
  black: [30, 39], red: [31, 39], green: [32, 39], yellow: [33, 39], blue: [34, 39], magenta: [35, 39], cyan: [36, 39], white: [37, 39],
  bgBlack: [40, 49], bgRed: [41, 49], bgGreen: [42, 49], bgYellow: [43, 49], bgBlue: [44, 49], bgMagenta: [45, 49], bgCyan: [46, 49],
  bgWhite: [47, 49], gray: [90, 39], grey: [90, 39], redBright: [91, 39], greenBright: [92, 39], yellowBright: [93, 39],
  blueBright: [94, 39], magentaBright: [95, 39], cyanBright: [96, 39], whiteBright: [97, 39],
};
inspect.styles = {
  special: 'cyan', number: 'yellow', bigint: 'yellow', boolean: 'yellow', undefined: 'grey', null: 'bold', string: 'green',
  symbol: 'green', date: 'magenta', regexp: 'red', module: 'underline',
};
inspect.custom = custom;
inspect.defaultOptions = defaults;

function withColor(text, style) {
  const color = inspect.colors[inspect.styles[style]];
  return color ? `\x1b[${color[0]}m${text}\x1b[${color[1]}m` : text;
}

const plain = (text) => text;
const stripColors = (text) => text.replace(/\x1b\[[0-9;]*m/g, '');

// Columns that a text takes on a terminal.
function width(text, mayHaveColors = true) {
  if (mayHaveColors) text = stripColors(text);
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text.normalize('NFC')) {
    const code = character.codePointAt(0);
    if (code < 32 || (code >= 0x7f && code < 0xa0) || (code >= 0x300 && code <= 0x36f) || (code >= 0x200b && code <= 0x200f) ||
      (code >= 0xfe00 && code <= 0xfe0f)) continue;
    columns += (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
      (code >= 0x1f300 && code <= 0x1f64f) || (code >= 0x1f900 && code <= 0x1f9ff) || (code >= 0x20000 && code <= 0x3fffd) ? 2 : 1;
  }
  return columns;
}

const ESCAPES = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '\\': '\\\\' };

function quote(text) {
  let mark = "'";
  if (text.includes("'")) {
    if (!text.includes('"')) mark = '"';
    else if (!text.includes('`') && !text.includes('${')) mark = '`';
  }
  // Control characters, the quote, and surrogates that stand alone.
  const escaped = text.replace(/[\x00-\x1f'\\\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, (c) => {
    if (c === "'") return mark === "'" ? "\\'" : c;
    if (ESCAPES[c]) return ESCAPES[c];
    const code = c.charCodeAt(0).toString(16).toUpperCase();
    return c.charCodeAt(0) < 256 ? `\\x${code.padStart(2, '0')}` : `\\u${code}`;
  });
  return mark + escaped + mark;
}

function groupDigits(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, '_');
}

function formatNumber(stylize, value, separator) {
  if (Object.is(value, -0)) return stylize('-0', 'number');
  let text = `${value}`;
  if (separator && Number.isFinite(value) && !text.includes('e')) {
    const [whole, part] = text.split('.');
    text = groupDigits(whole) + (part === undefined ? '' : `.${part.replace(/(\d{3})(?=\d)/g, '$1_')}`);
  }
  return stylize(text, 'number');
}

function formatPrimitive(ctx, value) {
  switch (typeof value) {
    case 'string': {
      let trailer = '';
      if (value.length > ctx.maxStringLength) {
        const left = value.length - ctx.maxStringLength;
        value = value.slice(0, ctx.maxStringLength);
        trailer = `... ${left} more character${left > 1 ? 's' : ''}`;
      }
      if (ctx.compact !== true && value.length > 16 && value.length > ctx.breakLength - ctx.indentation - 4) {
        const lines = value.split(/(?<=\n)/).map((line) => ctx.stylize(quote(line), 'string'));
        return lines.join(` +\n${' '.repeat(ctx.indentation + 2)}`) + trailer;
      }
      return ctx.stylize(quote(value), 'string') + trailer;
    }
    case 'number': return formatNumber(ctx.stylize, value, ctx.numericSeparator);
    case 'bigint': return ctx.stylize(`${ctx.numericSeparator ? groupDigits(`${value}`) : value}n`, 'bigint');
    case 'boolean': return ctx.stylize(`${value}`, 'boolean');
    case 'undefined': return ctx.stylize('undefined', 'undefined');
    default: return ctx.stylize(Symbol.prototype.toString.call(value), 'symbol');
  }
}

function constructorName(value, ctx) {
  let first;
  for (let object = value; object; ) {
    const own = Object.getOwnPropertyDescriptor(object, 'constructor');
    if (own && typeof own.value === 'function' && own.value.name !== '' && isInstance(value, own.value)) return String(own.value.name);
    object = Object.getPrototypeOf(object);
    if (first === undefined) first = object;
  }
  if (first === null) return null;
  return `${classOf(value) ?? 'Object'} <${inspect(first, { ...ctx.options, customInspect: false, depth: -1 })}>`;
}

function isInstance(value, constructor) {
  try {
    return value instanceof constructor;
  } catch {
    return false;
  }
}

function prefixOf(constructor, tag, fallback, size = '') {
  if (constructor === null) return `[${fallback}${size}: null prototype] ${tag !== '' && fallback !== tag ? `[${tag}] ` : ''}`;
  return tag !== '' && constructor !== tag ? `${constructor}${size} [${tag}] ` : `${constructor}${size} `;
}

function keysOf(value, showHidden) {
  const symbols = Object.getOwnPropertySymbols(value);
  if (showHidden) return [...Object.getOwnPropertyNames(value), ...symbols];
  let keys;
  try {
    keys = Object.keys(value);
  } catch {
    keys = Object.getOwnPropertyNames(value); // a module namespace with bindings that are not yet there
  }
  return symbols.length ? [...keys, ...symbols.filter((key) => isEnumerable(value, key))] : keys;
}

const nonIndexKeys = (value, showHidden) =>
  keysOf(value, showHidden).filter((key) => typeof key === 'symbol' || !/^(0|[1-9]\d{0,9})$/.test(key));

function functionBase(value, constructor, tag) {
  const source = Function.prototype.toString.call(value);
  if (source.startsWith('class') && source.endsWith('}')) {
    let base = `class ${(hasOwn(value, 'name') && value.name) || '(anonymous)'}`;
    if (constructor !== 'Function' && constructor !== null) base += ` [${constructor}]`;
    if (tag !== '' && constructor !== tag) base += ` [${tag}]`;
    if (constructor === null) base += ' extends null';
    else if (Object.getPrototypeOf(value).name) base += ` extends ${Object.getPrototypeOf(value).name}`;
    return `[${base}]`;
  }
  const kind = classOf(value) ?? '';
  const type = `${kind.startsWith('Async') ? 'Async' : ''}${kind.includes('Generator') ? 'Generator' : ''}Function`;
  let base = `[${type}`;
  if (constructor === null) base += ' (null prototype)';
  base += value.name === '' ? ' (anonymous)]' : `: ${typeof value.name === 'string' ? value.name : inspect(value.name)}]`;
  if (constructor !== type && constructor !== null) base += ` ${constructor}`;
  if (tag !== '' && constructor !== tag) base += ` [${tag}]`;
  return base;
}

function formatError(ctx, error, constructor, tag, keys) {
  let stack = typeof error.stack === 'string' && error.stack ? error.stack : Error.prototype.toString.call(error);
  if (!ctx.showHidden) {
    for (const name of ['name', 'message', 'stack']) {
      const index = keys.indexOf(name);
      if (index !== -1 && (typeof error[name] !== 'string' || stack.includes(error[name]))) keys.splice(index, 1);
    }
  }
  if ('cause' in error && hasOwn(error, 'cause') && !keys.includes('cause')) keys.push('cause');
  if (Array.isArray(error.errors) && hasOwn(error, 'errors') && !keys.includes('errors')) keys.push('errors');
  // The class's name, where the stack begins with that of a parent.
  const name = error.name != null ? String(error.name) : 'Error';
  if (constructor === null) {
    const start = /^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n\s+at)/.exec(stack) ?? /^([a-z_A-Z0-9-]*Error)$/.exec(stack);
    const fallback = start?.[1] ?? '';
    stack = fallback ? `[${fallback}: null prototype]${stack.slice(fallback.length)}` : stack;
  } else if (name.endsWith('Error') && stack.startsWith(name) && (stack.length === name.length || ':\n '.includes(stack[name.length]))) {
    const clash = constructor.includes(name);
    if (!clash || constructor !== name) {
      if (constructor !== name) stack = (constructor.includes(name) ? `${constructor}` : `${constructor} [${name}]`) + stack.slice(name.length);
    }
  }
  if (tag !== '' && !stack.includes(tag)) stack = stack.replace(/^[^\n:]*/, (head) => `${head} [${tag}]`);
  const message = error.message && stack.indexOf(error.message);
  const after = typeof message === 'number' && message !== -1 ? message + error.message.length : 0;
  if (stack.indexOf('\n    at', after) === -1) stack = `[${stack}]`;
  if (ctx.indentation !== 0) stack = stack.replaceAll('\n', `\n${' '.repeat(ctx.indentation)}`);
  return stack;
}

const more = (count) => `... ${count} more item${count > 1 ? 's' : ''}`;

function formatArray(ctx, value, depth) {
  const output = [], limit = Math.min(Math.max(0, ctx.maxArrayLength), value.length);
  let index = 0;
  while (index < value.length && output.length < limit) {
    if (hasOwn(value, index)) {
      output.push(formatProperty(ctx, value, depth, index++, ARRAY));
    } else {
      const start = index;
      while (index < value.length && !hasOwn(value, index)) index++;
      output.push(ctx.stylize(`<${index - start} empty item${index - start > 1 ? 's' : ''}>`, 'undefined'));
    }
  }
  if (index < value.length) output.push(more(value.length - index));
  return output;
}

function formatTypedArray(ctx, value) {
  const limit = Math.min(Math.max(0, ctx.maxArrayLength), value.length), output = [];
  for (let i = 0; i < limit; i++) output.push(formatPrimitive(ctx, value[i]));
  if (value.length > limit) output.push(more(value.length - limit));
  if (ctx.showHidden) {
    ctx.indentation += 2;
    for (const key of ['BYTES_PER_ELEMENT', 'length', 'byteLength', 'byteOffset', 'buffer'])
      output.push(`[${key}]: ${formatValue(ctx, value[key], ctx.depthNow, true)}`);
    ctx.indentation -= 2;
  }
  return output;
}

function formatCollection(ctx, entries, size, depth, one) {
  const limit = Math.min(Math.max(0, ctx.maxArrayLength), size), output = [];
  ctx.indentation += 2;
  for (const entry of entries) {
    if (output.length >= limit) break;
    output.push(one(entry));
  }
  if (size > limit) output.push(more(size - limit));
  ctx.indentation -= 2;
  return output;
}

function formatArrayBuffer(ctx, value) {
  const bytes = new Uint8Array(value), shown = native.toHex(bytes, 0, Math.max(0, Math.min(ctx.maxArrayLength, bytes.length)));
  let text = shown.replace(/(.{2})(?=.)/g, '$1 ');
  const left = bytes.length - ctx.maxArrayLength;
  if (left > 0) text += ` ... ${left} more byte${left > 1 ? 's' : ''}`;
  return [`${ctx.stylize('[Uint8Contents]', 'special')}: <${text}>`];
}

function formatPromise(ctx, value, depth) {
  const [state, result] = native.promiseState(value);
  if (state === 0) return [ctx.stylize('<pending>', 'special')];
  ctx.indentation += 2;
  const text = formatValue(ctx, result, depth);
  ctx.indentation -= 2;
  return [state === 2 ? `${ctx.stylize('<rejected>', 'special')} ${text}` : text];
}

function formatProperty(ctx, value, depth, key, type) {
  const own = Object.getOwnPropertyDescriptor(value, key) ?? { value: value[key], configurable: true, enumerable: true };
  let text, extra = ' ';
  if (own.value !== undefined) {
    const step = ctx.compact !== true || type !== OBJECT ? 2 : 3;
    ctx.indentation += step;
    text = formatValue(ctx, own.value, depth);
    if (step === 3 && ctx.breakLength < width(text, ctx.colors)) extra = `\n${' '.repeat(ctx.indentation)}`;
    ctx.indentation -= step;
  } else if (own.get !== undefined) {
    const label = own.set !== undefined ? 'Getter/Setter' : 'Getter';
    text = ctx.stylize(`[${label}]`, 'special');
    if (ctx.getters && (ctx.getters === true || (ctx.getters === 'get') === (own.set === undefined))) {
      try {
        const result = Reflect.get(value, key);
        ctx.indentation += 2;
        text = result === null || typeof result !== 'object' ? `${ctx.stylize(`[${label}:`, 'special')} ${formatValue(ctx, result, depth)}${ctx.stylize(']', 'special')}`
          : `${text} ${formatValue(ctx, result, depth)}`;
        ctx.indentation -= 2;
      } catch (error) {
        text = `${ctx.stylize(`[${label}:`, 'special')} <Inspection threw (${error.message})>${ctx.stylize(']', 'special')}`;
      }
    }
  } else {
    text = own.set !== undefined ? ctx.stylize('[Setter]', 'special') : ctx.stylize('undefined', 'undefined');
  }
  if (type === ARRAY) return text;
  let name;
  if (typeof key === 'symbol') name = `[${ctx.stylize(Symbol.prototype.toString.call(key), 'symbol')}]`;
  else if (key === '__proto__') name = "['__proto__']";
  else if (own.enumerable === false) name = `[${key}]`;
  else name = /^[a-zA-Z_][a-zA-Z_0-9]*$/.test(key) ? ctx.stylize(key, 'name') : ctx.stylize(quote(key), 'string');
  return `${name}:${extra}${text}`;
}

// Short entries of an array side by side, in columns.
function groupEntries(ctx, output, value) {
  let total = 0, longest = 0, count = output.length;
  if (ctx.maxArrayLength < output.length) count--; // "... more items" stands alone
  const lengths = [];
  for (let i = 0; i < count; i++) {
    lengths[i] = width(output[i], ctx.colors);
    total += lengths[i] + 2;
    longest = Math.max(longest, lengths[i]);
  }
  const column = longest + 2;
  if (column * 3 + ctx.indentation >= ctx.breakLength || !(total / column > 5 || longest <= 6)) return output;
  const biased = Math.max(column - 3 - Math.sqrt(column - total / output.length), 1);
  const columns = Math.min(Math.round(Math.sqrt(2.5 * biased * count) / biased), Math.floor((ctx.breakLength - ctx.indentation) / column),
    ctx.compact * 4, 15);
  if (columns <= 1) return output;
  const widths = [];
  for (let i = 0; i < columns; i++) {
    let line = 0;
    for (let j = i; j < count; j += columns) line = Math.max(line, lengths[j]);
    widths.push(line + 2);
  }
  let right = value !== undefined;
  for (let i = 0; right && i < output.length; i++) right = typeof value[i] === 'number' || typeof value[i] === 'bigint';
  const rows = [];
  for (let i = 0; i < count; i += columns) {
    const end = Math.min(i + columns, count);
    let row = '', j = i;
    for (; j < end - 1; j++) {
      const cell = `${output[j]}, `, size = widths[j - i] + output[j].length - lengths[j];
      row += right ? cell.padStart(size) : cell.padEnd(size);
    }
    row += right ? output[j].padStart(widths[j - i] + output[j].length - lengths[j] - 2) : output[j];
    rows.push(row);
  }
  if (ctx.maxArrayLength < output.length) rows.push(output[count]);
  return rows;
}

function fits(ctx, output, start, base) {
  let total = output.length + start;
  if (total + output.length > ctx.breakLength) return false;
  for (const entry of output) {
    total += ctx.colors ? stripColors(entry).length : entry.length;
    if (total > ctx.breakLength) return false;
  }
  return base === '' || !base.includes('\n');
}

function join(ctx, output, base, braces, type, depth, value) {
  const lead = base ? `${base} ` : '';
  if (ctx.compact === true) {
    if (fits(ctx, output, 0, base)) return `${braces[0]}${base ? ` ${base}` : ''} ${output.join(', ')} ${braces[1]}`;
    const indentation = `\n${' '.repeat(ctx.indentation)}`;
    return `${base ? `${base} ` : ''}${braces[0]}${base === '' && braces[0].length === 1 ? ' ' : `${indentation}  `}${output.join(`,${indentation}  `)} ${braces[1]}`;
  }
  if (typeof ctx.compact === 'number' && ctx.compact >= 1) {
    const entries = output.length;
    if (type === ARRAY_EXTRAS && entries > 6) output = groupEntries(ctx, output, value);
    if (ctx.depthNow - depth < ctx.compact && entries === output.length) {
      const start = output.length + ctx.indentation + braces[0].length + base.length + 10;
      if (fits(ctx, output, start, base)) {
        const joined = output.join(', ');
        if (!joined.includes('\n')) return `${lead}${braces[0]} ${joined} ${braces[1]}`;
      }
    }
  }
  const indentation = `\n${' '.repeat(ctx.indentation)}`;
  return `${lead}${braces[0]}${indentation}  ${output.join(`,${indentation}  `)}${indentation}${braces[1]}`;
}

// How an object is shown: { text } if that is all, or { base, braces, keys, type, entries(depth) }.
function plan(ctx, value, constructor, tag, insideView) {
  const kind = classOf(value), hidden = ctx.showHidden;
  let keys = keysOf(value, hidden), base = '', braces = ['{', '}'], type = OBJECT, entries = () => [];
  const done = (text) => ({ text });
  const all = () => ({ base, braces, keys, type, entries });
  if (Array.isArray(value)) {
    const prefix = constructor !== 'Array' || tag !== '' ? prefixOf(constructor, tag, 'Array', `(${value.length})`) : '';
    keys = nonIndexKeys(value, hidden);
    braces = [`${prefix}[`, ']'];
    if (value.length === 0 && keys.length === 0) return done(`${braces[0]}]`);
    type = ARRAY_EXTRAS;
    entries = (depth) => formatArray(ctx, value, depth);
  } else if (kind === 'Set') {
    const size = Reflect.get(Set.prototype, 'size', value), prefix = prefixOf(constructor, tag, 'Set', `(${size})`);
    if (size === 0 && keys.length === 0) return done(`${prefix}{}`);
    braces[0] = `${prefix}{`;
    entries = (depth) => formatCollection(ctx, Set.prototype.values.call(value), size, depth, (item) => formatValue(ctx, item, depth));
  } else if (kind === 'Map') {
    const size = Reflect.get(Map.prototype, 'size', value), prefix = prefixOf(constructor, tag, 'Map', `(${size})`);
    if (size === 0 && keys.length === 0) return done(`${prefix}{}`);
    braces[0] = `${prefix}{`;
    entries = (depth) => formatCollection(ctx, Map.prototype.entries.call(value), size, depth,
      ([key, item]) => `${formatValue(ctx, key, depth)} => ${formatValue(ctx, item, depth)}`);
  } else if (isTypedArray(value)) {
    keys = nonIndexKeys(value, hidden);
    braces = [`${prefixOf(constructor, tag, kind, `(${value.length})`)}[`, ']'];
    if (value.length === 0 && keys.length === 0 && !hidden) return done(`${braces[0]}]`);
    type = ARRAY_EXTRAS;
    entries = () => formatTypedArray(ctx, value);
  } else if (kind === 'Map Iterator' || kind === 'Set Iterator') {
    braces = [`[${tag}] {`, '}'];
    entries = () => [ctx.stylize('<entries unknown>', 'special')]; // looking at them would use them up
  } else if (kind === 'Arguments' || kind === 'MappedArguments') {
    if (keys.length === 0) return done('[Arguments] {}');
    braces[0] = '[Arguments] {';
  } else if (typeof value === 'function') {
    base = functionBase(value, constructor, tag);
    if (keys.length === 0) return done(ctx.stylize(base, 'special'));
  } else if (kind === 'RegExp') {
    const prefix = prefixOf(constructor, tag, 'RegExp');
    base = RegExp.prototype.toString.call(value);
    if (prefix !== 'RegExp ') base = `${prefix}${base}`;
    if (keys.length === 0) return done(ctx.stylize(base, 'regexp'));
  } else if (kind === 'Date') {
    const prefix = prefixOf(constructor, tag, 'Date');
    base = Number.isNaN(Date.prototype.getTime.call(value)) ? 'Invalid Date' : Date.prototype.toISOString.call(value);
    if (prefix !== 'Date ') base = `${prefix}${base}`;
    if (keys.length === 0) return done(ctx.stylize(base, 'date'));
  } else if (native.isError(value) || kind === 'DOMException') {
    base = formatError(ctx, value, constructor, tag, keys);
    if (keys.length === 0) return done(base);
  } else if (kind === 'ArrayBuffer' || kind === 'SharedArrayBuffer') {
    const prefix = prefixOf(constructor, tag, kind);
    if (insideView && keys.length === 0) return done(`${prefix}{ byteLength: ${formatNumber(ctx.stylize, value.byteLength, false)} }`);
    braces[0] = `${prefix}{`;
    keys.unshift('byteLength');
    if (!insideView) entries = () => formatArrayBuffer(ctx, value);
  } else if (kind === 'DataView') {
    braces[0] = `${prefixOf(constructor, tag, 'DataView')}{`;
    keys.unshift('byteLength', 'byteOffset', 'buffer');
  } else if (kind === 'Promise') {
    braces[0] = `${prefixOf(constructor, tag, 'Promise')}{`;
    entries = (depth) => formatPromise(ctx, value, depth);
  } else if (kind === 'WeakSet' || kind === 'WeakMap') {
    braces[0] = `${prefixOf(constructor, tag, kind)}{`;
    entries = () => [ctx.stylize('<items unknown>', 'special')];
  } else if (kind === 'WeakRef') {
    braces[0] = `${prefixOf(constructor, tag, kind)}{`;
    entries = (depth) => [formatValue(ctx, WeakRef.prototype.deref.call(value), depth)];
  } else if (constructor === null && tag === 'Module' && !Object.isExtensible(value)) {
    braces[0] = '[Module: null prototype] {';
  } else if (BOXED[kind]) {
    const inner = formatPrimitive({ ...ctx, stylize: plain }, globalThis[kind].prototype.valueOf.call(value));
    base = `[${kind}${constructor === null ? ' (null prototype)' : constructor === kind ? '' : ` (${constructor})`}: ${inner}]`;
    if (tag !== '' && tag !== constructor) base += ` [${tag}]`;
    if (kind === 'String') keys = nonIndexKeys(value, hidden).filter((key) => key !== 'length');
    if (keys.length === 0) return done(ctx.stylize(base, kind.toLowerCase()));
  } else if (constructor === 'Object' && tag === '') {
    if (keys.length === 0) return done('{}');
  } else {
    const prefix = prefixOf(constructor, tag, 'Object');
    if (keys.length === 0) return done(`${prefix}{}`);
    braces[0] = `${prefix}{`;
  }
  return all();
}

function formatObject(ctx, value, depth, insideView) {
  const constructor = constructorName(value, ctx);
  let tag = value[Symbol.toStringTag];
  if (typeof tag !== 'string' || (tag !== '' && (ctx.showHidden ? hasOwn : isEnumerable)(value, Symbol.toStringTag))) tag = '';
  const { text, base: first, braces, keys, type, entries } = plan(ctx, value, constructor, tag, insideView);
  if (text !== undefined) return text;
  let base = first;
  if (depth > ctx.depth && ctx.depth !== null)
    return ctx.stylize(`[${prefixOf(constructor, tag, Array.isArray(value) ? 'Array' : 'Object').slice(0, -1)}]`, 'special');
  depth++;
  ctx.seen.push(value);
  ctx.depthNow = depth;
  let output = entries(depth);
  for (const key of keys) output.push(formatProperty(ctx, value, depth, key, type));
  const index = ctx.circular?.get(value);
  if (index !== undefined) {
    const reference = ctx.stylize(`<ref *${index}>`, 'special');
    base = base === '' ? reference : `${reference} ${base}`;
  }
  ctx.seen.pop();
  if (ctx.sorted) {
    const order = ctx.sorted === true ? undefined : ctx.sorted;
    if (type === OBJECT) output.sort(order);
    else if (keys.length > 1) output = [...output.slice(0, -keys.length), ...output.slice(-keys.length).sort(order)];
  }
  const result = join(ctx, output, base, braces, type, depth, value);
  ctx.size += result.length;
  if (ctx.size > 2 ** 27) ctx.depth = -1; // a limit on what one call prints
  return result;
}

function formatValue(ctx, value, depth, insideView = false) {
  if (value === null) return ctx.stylize('null', 'null');
  if (typeof value !== 'object' && typeof value !== 'function') return formatPrimitive(ctx, value);
  const context = value;
  for (let proxy; (proxy = native.proxy(value)); value = proxy[0]) {
    if (proxy[0] === null) return ctx.stylize('<Revoked Proxy>', 'special');
    if (ctx.showProxy) {
      if (depth > ctx.depth && ctx.depth !== null) return ctx.stylize('Proxy [Array]', 'special');
      ctx.indentation += 2;
      const parts = proxy.map((part) => formatValue(ctx, part, depth + 1));
      ctx.indentation -= 2;
      return join(ctx, parts, '', ['Proxy [', ']'], ARRAY_EXTRAS, depth + 1);
    }
  }
  if (ctx.customInspect) {
    const own = value[custom];
    if (typeof own === 'function' && own !== inspect && !(value.constructor && value.constructor.prototype === value)) {
      const left = ctx.depth === null ? null : ctx.depth - depth;
      const result = own.call(context, left, { ...ctx.options, stylize: ctx.stylize, depth: left }, inspect);
      if (result !== context) {
        if (typeof result !== 'object') return `${result}`;
        return formatValue(ctx, result, depth).replaceAll('\n', `\n${' '.repeat(ctx.indentation)}`);
      }
    }
  }
  if (ctx.seen.includes(value)) {
    ctx.circular ??= new Map();
    if (!ctx.circular.has(value)) ctx.circular.set(value, ctx.circular.size + 1);
    return ctx.stylize(`[Circular *${ctx.circular.get(value)}]`, 'special');
  }
  return formatObject(ctx, value, depth, insideView);
}

function inspect(value, options, ...old) {
  const given = typeof options === 'boolean' ? { showHidden: options, depth: old[0], colors: old[1] } : options ?? {};
  const chosen = { ...defaults };
  for (const key of Object.keys(given)) if (given[key] !== undefined || key === 'depth') chosen[key] = given[key];
  if (chosen.depth === undefined) chosen.depth = defaults.depth;
  if (chosen.maxArrayLength === null) chosen.maxArrayLength = Infinity;
  if (chosen.maxStringLength === null) chosen.maxStringLength = Infinity;
  const ctx = { ...chosen, options: chosen, indentation: 0, depthNow: 0, seen: [], circular: undefined, size: 0 };
  ctx.stylize = given.stylize ?? (chosen.colors ? withColor : plain);
  return formatValue(ctx, value, 0);
}

function plainToString(value) {
  // Has it a toString of the user's own?
  for (let object = value; object; object = Object.getPrototypeOf(object)) {
    if (!hasOwn(object, 'toString') && !hasOwn(object, Symbol.toPrimitive)) continue;
    const maker = Object.getOwnPropertyDescriptor(object, 'constructor')?.value;
    return typeof maker === 'function' && /\{\s*\[native code\]\s*\}\s*$/.test(Function.prototype.toString.call(maker));
  }
  return true;
}

function directive(letter, value, options) {
  switch (letter) {
    case 's':
      if (typeof value === 'number') return formatNumber(plain, value, false);
      if (typeof value === 'bigint') return `${value}n`;
      if (typeof value !== 'object' || value === null || !plainToString(value)) return String(value);
      return inspect(value, { ...options, depth: 0, colors: false, compact: 3 });
    case 'd':
      return typeof value === 'bigint' ? `${value}n` : typeof value === 'symbol' || typeof value === 'object' && value !== null && Number.isNaN(Number(value)) ? 'NaN'
        : formatNumber(plain, Number(value), false);
    case 'i':
      return typeof value === 'bigint' ? `${value}n` : typeof value === 'symbol' ? 'NaN' : formatNumber(plain, Number.parseInt(value), false);
    case 'f': return typeof value === 'symbol' ? 'NaN' : formatNumber(plain, Number.parseFloat(value), false);
    case 'j':
      try {
        return JSON.stringify(value);
      } catch (error) {
        if (/circular/i.test(error.message)) return '[Circular]';
        throw error;
      }
    case 'O': return inspect(value, options);
    case 'o': return inspect(value, { ...options, showHidden: true, showProxy: true, depth: 4 });
    default: return '';
  }
}

function formatWithOptions(options, ...values) {
  let text = '', used = 0;
  if (typeof values[0] === 'string') {
    if (values.length === 1) return values[0];
    used = 1;
    text = values[0].replace(/%([sdifjoOc%])/g, (whole, letter) => {
      if (letter === '%') return '%';
      return used < values.length ? directive(letter, values[used++], options) : whole;
    });
  }
  for (; used < values.length; used++) {
    if (used > 0) text += ' ';
    text += typeof values[used] === 'string' ? values[used] : inspect(values[used], options);
  }
  return text;
}

const format = (...values) => formatWithOptions(undefined, ...values);

module.exports = { inspect, format, formatWithOptions, width, stripColors, isTypedArray };
