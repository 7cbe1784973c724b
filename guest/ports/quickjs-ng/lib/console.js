// console: to standard output and standard error.
'use strict';

const { inspect, formatWithOptions, width } = require('internal/inspect');
const loop = require('internal/loop');

const BARS = { middle: '─', rowMiddle: '┼', topRight: '┐', topLeft: '┌', leftMiddle: '├', topMiddle: '┬', bottomRight: '┘', bottomLeft: '└',
  bottomMiddle: '┴', rightMiddle: '┤', left: '│ ', right: ' │', middleBar: ' │ ' };

function drawTable(head, columns) {
  const rows = Math.max(...columns.map((column) => column.length));
  const widths = head.map((title, i) => Math.max(width(title), ...columns[i].map((cell) => width(cell ?? ''))) + 2);
  const rules = widths.map((size) => BARS.middle.repeat(size));
  const row = (cells) => BARS.left.trimEnd() + cells.map((cell, i) => {
    return ` ${cell}${' '.repeat(widths[i] - width(cell) - 1)}`;
  }).join('│') + '│';
  const lines = [BARS.topLeft + rules.join(BARS.topMiddle) + BARS.topRight, row(head), BARS.leftMiddle + rules.join(BARS.rowMiddle) + BARS.rightMiddle];
  for (let i = 0; i < rows; i++) lines.push(row(columns.map((column) => column[i] ?? '')));
  lines.push(BARS.bottomLeft + rules.join(BARS.bottomMiddle) + BARS.bottomRight);
  return lines.join('\n');
}

function tableOf(data, wanted) {
  const cell = (value) => inspect(value, { maxArrayLength: 3, breakLength: Infinity, depth: value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 2 ? -1 : 0 });
  const isMap = data instanceof Map, isSet = data instanceof Set;
  const entries = isMap ? [...data].map((pair, i) => [String(i), pair]) : isSet ? [...data].map((value, i) => [String(i), value])
    : Object.keys(data).map((key) => [key, data[key]]);
  const indexTitle = isMap || isSet ? '(iteration index)' : '(index)';
  if (isMap) return drawTable([indexTitle, 'Key', 'Values'], [entries.map(([i]) => i), entries.map(([, [key]]) => cell(key)), entries.map(([, [, value]]) => cell(value))]);
  const titles = wanted ? [...wanted] : [], columns = new Map(titles.map((title) => [title, []])), values = [];
  entries.forEach(([, item], i) => {
    if (item === null || (typeof item !== 'object' && typeof item !== 'function')) {
      values[i] = cell(item);
      return;
    }
    for (const key of wanted ?? Object.keys(item)) {
      if (!Object.prototype.hasOwnProperty.call(item, key)) continue;
      if (!columns.has(key)) columns.set(key, []);
      columns.get(key)[i] = cell(item[key]);
    }
  });
  const head = [indexTitle, ...columns.keys()], body = [entries.map(([key]) => key), ...columns.values()];
  if (values.length) {
    head.push('Values');
    body.push(values);
  }
  return drawTable(head, body.map((column) => Array.from({ length: entries.length }, (_, i) => column[i] ?? '')));
}

function elapsed(ms) {
  if (ms >= 3600000 || ms >= 60000) {
    const hours = Math.floor(ms / 3600000), minutes = Math.floor((ms % 3600000) / 60000), seconds = (ms % 60000) / 1000;
    if (hours) return `${hours}:${String(minutes).padStart(2, '0')}:${String(Math.floor(seconds)).padStart(2, '0')} (h:mm:ss)`;
    return `${minutes}:${seconds.toFixed(3).padStart(6, '0')} (m:ss.mmm)`;
  }
  return ms >= 1000 ? `${(ms / 1000).toFixed(3)}s` : `${Number(ms.toFixed(3))}ms`;
}

class Console {
  #out; #err; #indent = ''; #step; #counts = new Map(); #times = new Map(); #options;

  constructor(options, err) {
    if (!options || typeof options.write === 'function' || typeof options === 'function') options = { stdout: options, stderr: err };
    this.#out = options.stdout;
    this.#err = options.stderr ?? options.stdout;
    this.#step = options.groupIndentation ?? 2;
    this.#options = options.inspectOptions ?? {};
    // Methods are used on their own: [1, 2].forEach(console.log)
    for (const name of Object.getOwnPropertyNames(Console.prototype)) if (name !== 'constructor') this[name] = this[name].bind(this);
    for (const [alias, name] of [['info', 'log'], ['debug', 'log'], ['dirxml', 'log'], ['error', 'warn'], ['groupCollapsed', 'group']])
      this[alias] = { [alias]: (...values) => this[name](...values) }[alias];
  }

  #print(stream, fd, values) {
    const colors = stream === undefined ? isColorful(fd) : stream.isTTY && (stream.getColorDepth?.() ?? 1) > 2;
    let text = formatWithOptions({ colors: Boolean(colors), ...this.#options }, ...values);
    if (this.#indent) text = this.#indent + text.replaceAll('\n', `\n${this.#indent}`);
    if (stream) stream.write(`${text}\n`);
    else loop.writeAll(fd, `${text}\n`); // a reader that is gone is no error here
  }

  log(...values) { this.#print(this.#out ?? replaced('stdout'), 1, values); }
  warn(...values) { this.#print(this.#err ?? replaced('stderr'), 2, values); }
  dir(value, options) { this.log(inspect(value, { customInspect: false, ...this.#options, ...options })); }
  assert(condition, ...values) {
    if (condition) return;
    if (typeof values[0] === 'string') values[0] = `Assertion failed: ${values[0]}`;
    else values.unshift(values.length ? 'Assertion failed:' : 'Assertion failed');
    this.warn(...values);
  }
  trace(...values) {
    const error = new Error(formatWithOptions({}, ...values));
    this.warn(`Trace${error.message ? `: ${error.message}` : ''}\n${error.stack.split('\n').slice(2).join('\n')}`);
  }
  count(label = 'default') {
    const count = (this.#counts.get(`${label}`) ?? 0) + 1;
    this.#counts.set(`${label}`, count);
    this.log(`${label}: ${count}`);
  }
  countReset(label = 'default') { this.#counts.delete(`${label}`); }
  group(...values) {
    if (values.length) this.log(...values);
    this.#indent += ' '.repeat(this.#step);
  }
  groupEnd() { this.#indent = this.#indent.slice(0, this.#indent.length - this.#step); }
  time(label = 'default') { this.#times.set(`${label}`, native.now()); }
  timeEnd(label = 'default') {
    this.timeLog(label);
    this.#times.delete(`${label}`);
  }
  timeLog(label = 'default', ...values) {
    const start = this.#times.get(`${label}`);
    if (start === undefined) process.emitWarning(`No such label '${label}' for console.timeLog()`);
    else this.log('%s: %s', label, elapsed(native.now() - start), ...values);
  }
  table(data, columns) {
    if (data === null || typeof data !== 'object') this.log(data);
    else this.log(tableOf(data, columns));
  }
}

const colorful = [];
function isColorful(fd) {
  const { env } = process;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0';
  return (colorful[fd] ??= native.isatty(fd)) && env.NO_COLOR === undefined && env.NODE_DISABLE_COLORS === undefined && env.TERM !== 'dumb';
}

// process.stdout, if a script has put a write of its own there; else undefined, and lines go straight to the descriptor.
function replaced(name) {
  const stream = require('process')[name];
  return Object.prototype.hasOwnProperty.call(stream, 'write') ? stream : undefined;
}

const shared = new Console({});
shared.Console = Console;
Object.defineProperty(shared, Symbol.toStringTag, { value: 'console', configurable: true });
module.exports = shared;
