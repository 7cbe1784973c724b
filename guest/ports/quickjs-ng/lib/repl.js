// The REPL.
'use strict';

const { inspect } = require('internal/inspect');
const loop = require('internal/loop');

// An object literal at the beginning of a line is meant as such, not as a block.
const wrap = (source) => (/^\s*\{/.test(source) && !/;\s*$/.test(source) ? `(${source.trim()}\n)` : source);
const incomplete = (error) => error instanceof SyntaxError && /unexpected end|expecting '[})\]]'|unterminated|unexpected token in expression: ''|expecting '`'/i.test(error.message);

function complete(line) {
  const [part] = /[\w$.]*$/.exec(line), at = part.lastIndexOf('.'), prefix = part.slice(at + 1);
  let object = globalThis;
  if (at !== -1) {
    try {
      object = native.evaluate(part.slice(0, at), 'REPL', 'script');
    } catch {
      return [[], part];
    }
  }
  const names = new Set();
  for (let holder = Object(object); holder; holder = Object.getPrototypeOf(holder)) for (const name of Object.getOwnPropertyNames(holder)) if (name.startsWith(prefix) && /^[\w$]+$/.test(name)) names.add(name);
  return [[...names].sort().map((name) => part.slice(0, at + 1) + name), part];
}

async function evaluate(source) {
  try {
    return native.evaluate(wrap(source), 'REPL', 'script');
  } catch (error) {
    if (wrap(source) !== source && error instanceof SyntaxError) return native.evaluate(source, 'REPL', 'script');
    if (error instanceof SyntaxError && /\bawait\b/.test(source)) return (await native.evaluate(source, 'REPL', 'async')).value;
    throw error;
  }
}

function start(options = {}) {
  const { createInterface } = require('readline');
  const loader = require('internal/loader'), terminal = Boolean(process.stdin.isTTY && process.stdout.isTTY), module = new loader.Module('<repl>');
  module.filename = `${process.cwd()}/<repl>`;
  const prompt = options.prompt ?? '> ';
  Object.assign(globalThis, { module, exports: module.exports, require: loader.makeRequire(module) });
  for (const key of native.builtinNames) if (/^\w+$/.test(key) && !(key in globalThis)) Object.defineProperty(globalThis, key, { get: () => require(key), configurable: true });
  const reader = createInterface({ input: process.stdin, output: process.stdout, terminal, prompt, completer: complete });
  const commands = { exit: () => reader.close(), help: () => console.log('.break    leave the input that is not complete\n.clear    the same\n.exit     leave\n.help     this\n.load     FILE: run its lines here') , break() {}, clear() {},
    load: (file) => native.evaluate(require('fs').readFileSync(file, 'utf8'), file, 'script') };
  let pending = '', interrupted = false, queue = Promise.resolve();
  if (terminal) console.log(`js on QuickJS-ng ${native.engine}. Type .help for help.`);
  reader.prompt();
  const handle = async (line) => {
    const [, command, argument] = /^\.(\w+)\s*(.*)$/.exec(line) ?? [];
    interrupted = false;
    if (commands[command]) {
      pending = '';
      try {
        commands[command](argument);
      } catch (error) {
        console.log(`Uncaught ${inspect(error)}`);
      }
    } else {
      const source = pending + line;
      try {
        const value = await evaluate(source);
        pending = '';
        globalThis._ = value;
        if (source.trim()) console.log(inspect(value, { colors: terminal }));
      } catch (error) {
        if (incomplete(error)) pending = `${source}\n`;
        else {
          pending = '';
          console.log(`Uncaught ${native.isError(error) ? inspect(error).replace(/\n\s+at [^\n]*/g, '') : inspect(error)}`);
        }
      }
    }
    if (!reader.closed) {
      reader.setPrompt(pending ? '... ' : prompt);
      reader.prompt();
    }
  };
  reader.on('line', (line) => { queue = queue.then(() => handle(line)); });
  reader.on('SIGINT', () => {
    if (interrupted && !pending) {
      reader.close();
      return;
    }
    interrupted = true;
    pending = '';
    process.stdout.write('\n(To exit, press Ctrl+C again or Ctrl+D or type .exit)\n');
    reader.setPrompt(prompt);
    reader.prompt();
  });
  reader.on('close', () => { queue.then(() => { if (terminal) loop.writeAll(1, '\n'); process.exit(); }); });
  return reader;
}

module.exports = { start };
