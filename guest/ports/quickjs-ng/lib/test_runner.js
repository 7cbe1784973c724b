// node:test: tests, suites, hooks, mocks of functions; the report is that of Node's "spec" on a terminal, TAP elsewhere.
'use strict';

const assert = require('assert');
const { inspect } = require('internal/inspect');
const loop = require('internal/loop');

const root = { name: '<root>', children: [], hooks: { before: [], after: [], beforeEach: [], afterEach: [] }, parent: null };
let current = root, scheduled = false, finished;
const counts = { tests: 0, suites: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
const begun = native.now();

function parse(values) {
  const name = values.find((value) => typeof value === 'string'), options = values.find((value) => value !== null && typeof value === 'object') ?? {}, body = values.find((value) => typeof value === 'function');
  return { name: name ?? (body?.name || '<anonymous>'), options, body: body ?? (() => {}) };
}

function add(kind, values, extra = {}) {
  const { name, options, body } = parse(values);
  const node = { kind, name, body, options: { ...options, ...extra }, children: [], hooks: { before: [], after: [], beforeEach: [], afterEach: [] }, parent: current };
  current.children.push(node);
  if (kind === 'suite') {
    const outer = current;
    current = node;
    try {
      node.ready = body({ name });
    } catch (error) {
      node.error = error;
    }
    current = outer;
  }
  if (!scheduled) {
    scheduled = true;
    setImmediate(() => { finished = runAll(); });
  }
  return new Promise((resolve) => { node.settle = resolve; });
}

// A body with a second parameter is given a callback.
function invoke(body, context) {
  if (body.length > 1) return new Promise((resolve, reject) => body.call(context, context, (error) => (error ? reject(error) : resolve())));
  return body.call(context, context);
}

async function hooks(node, name) {
  const chain = [];
  for (let at = node; at; at = at.parent) chain.unshift(...at.hooks[name]);
  for (const hook of name === 'afterEach' ? chain.reverse() : chain) await invoke(hook, {});
}

class Mock {
  constructor() { this.undo = []; }
  fn(original = () => {}, implementation = original) {
    const calls = [];
    let now = implementation, once = [];
    const mocked = function (...values) {
      const work = once.length ? once.shift() : now, call = { arguments: values, this: this, result: undefined, error: undefined };
      calls.push(call);
      try {
        call.result = new.target ? Reflect.construct(work, values) : work.apply(this, values);
        return call.result;
      } catch (error) {
        call.error = error;
        throw error;
      }
    };
    mocked.mock = { calls, callCount: () => calls.length, resetCalls: () => calls.splice(0), mockImplementation: (work) => { now = work; }, mockImplementationOnce: (work) => once.push(work), restore: () => { now = original; } };
    return mocked;
  }
  method(object, name, implementation) {
    const original = object[name], mocked = this.fn(original, implementation ?? original), own = Object.hasOwn(object, name);
    object[name] = mocked;
    mocked.mock.restore = () => { if (own) object[name] = original; else delete object[name]; };
    this.undo.push(mocked.mock.restore);
    return mocked;
  }
  restoreAll() { for (const undo of this.undo.splice(0)) undo(); }
  reset() { this.restoreAll(); }
}

class TestContext {
  constructor(node) {
    this.node = node;
    this.mock = new Mock();
    this.assert = assert;
    this.signal = new AbortController().signal;
    Object.defineProperty(this, 'node', { enumerable: false });
  }
  get name() { return this.node.name; }
  test(...values) {
    const { name, options, body } = parse(values);
    const child = { kind: 'test', name, body, options, children: [], hooks: { before: [], after: [], beforeEach: [], afterEach: [] }, parent: this.node };
    this.node.children.push(child);
    return run(child);
  }
  diagnostic(text) { (this.node.notes ??= []).push(text); }
  skip(reason) { this.node.options.skip = reason ?? true; }
  todo(reason) { this.node.options.todo = reason ?? true; }
  before(hook) { this.node.hooks.before.push(hook); }
  after(hook) { this.node.hooks.after.push(hook); }
  beforeEach(hook) { this.node.hooks.beforeEach.push(hook); }
  afterEach(hook) { this.node.hooks.afterEach.push(hook); }
  plan() {}
}

function limited(work, ms) {
  if (!(ms > 0 && ms < Infinity)) return work;
  let timer;
  const late = new Promise((resolve, reject) => { timer = setTimeout(() => reject(new Error(`test timed out after ${ms}ms`)), ms); });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

const onlyMode = () => process.execArgv.includes('--test-only');
async function run(node) {
  const started = native.now(), { options } = node;
  node.skipped = options.skip || (onlyMode() && !options.only && !node.children.length);
  if (node.error) {
    node.failed = node.error;
  } else if (!node.skipped) {
    try {
      if (node.kind === 'suite') {
        await node.ready;
        for (const hook of node.hooks.before) await invoke(hook, {});
        for (const child of node.children) await run(child);
      } else {
        const context = new TestContext(node);
        await hooks(node.parent, 'beforeEach');
        try {
          await limited(invoke(node.body, context), options.timeout);
        } finally {
          context.mock.restoreAll();
          await hooks(node.parent, 'afterEach');
        }
      }
    } catch (error) {
      node.failed = error ?? new Error('undefined');
    }
    try {
      for (const hook of node.hooks.after) await invoke(hook, {});
    } catch (error) {
      node.failed ??= error;
    }
    const broken = node.children.filter((child) => child.failed && !child.options.todo).length;
    if (broken && !node.failed) node.failed = Object.assign(new Error(`${broken} subtest${broken > 1 ? 's' : ''} failed`), { ofChildren: true });
  }
  node.ms = native.now() - started;
  counts[node.kind === 'suite' ? 'suites' : 'tests']++;
  if (node.kind !== 'suite') counts[node.skipped ? 'skipped' : options.todo ? 'todo' : node.failed ? 'fail' : 'pass']++;
  node.settle?.();
  return undefined;
}

const duration = (node) => `(${Number(node.ms.toFixed(6))}ms)`;
function specLines(node, depth, lines, failures) {
  const pad = '  '.repeat(depth), mark = node.skipped ? '﹣' : node.failed ? '✖' : '✔';
  const note = node.skipped ? ` # ${typeof node.options.skip === 'string' ? node.options.skip : 'SKIP'}` : node.options.todo ? ` # ${typeof node.options.todo === 'string' ? node.options.todo : 'TODO'}` : '';
  if (node.children.length) {
    lines.push(`${pad}▶ ${node.name}`);
    for (const child of node.children) specLines(child, depth + 1, lines, failures);
  }
  lines.push(`${pad}${mark} ${node.name} ${duration(node)}${note}`);
  for (const text of node.notes ?? []) lines.push(`${pad}ℹ ${text}`);
  if (node.failed && !node.failed.ofChildren) failures.push(node);
}

function tapLines(node, index, depth, lines) {
  const pad = '    '.repeat(depth);
  lines.push(`${pad}# Subtest: ${node.name}`);
  node.children.forEach((child, i) => tapLines(child, i + 1, depth + 1, lines));
  if (node.children.length) lines.push(`${pad}    1..${node.children.length}`);
  const note = node.skipped ? ` # SKIP${typeof node.options.skip === 'string' ? ` ${node.options.skip}` : ''}` : node.options.todo ? ` # TODO${typeof node.options.todo === 'string' ? ` ${node.options.todo}` : ''}` : '';
  lines.push(`${pad}${node.failed ? 'not ok' : 'ok'} ${index} - ${node.name}${note}`, `${pad}  ---`, `${pad}  duration_ms: ${node.ms.toFixed(6)}`);
  if (node.kind === 'suite') lines.push(`${pad}  type: 'suite'`);
  if (node.failed) lines.push(`${pad}  failureType: '${node.failed.ofChildren ? 'subtestsFailed' : 'testCodeFailure'}'`, `${pad}  error: ${JSON.stringify(node.failed.message ?? String(node.failed))}`, `${pad}  code: '${node.failed.code ?? 'ERR_TEST_FAILURE'}'`);
  lines.push(`${pad}  ...`);
  for (const text of node.notes ?? []) lines.push(`${pad}# ${text}`);
}

async function runAll() {
  for (const hook of root.hooks.before) await invoke(hook, {});
  for (let i = 0; i < root.children.length; i++) await run(root.children[i]);
  for (const hook of root.hooks.after) await invoke(hook, {});
  const lines = [], failures = [], spec = process.stdout.isTTY || process.execArgv.includes('--test-reporter=spec');
  if (!spec) lines.push('TAP version 13');
  root.children.forEach((node, i) => (spec ? specLines(node, 0, lines, failures) : tapLines(node, i + 1, 0, lines)));
  if (!spec) lines.push(`1..${root.children.length}`);
  for (const [name, count] of Object.entries(counts)) lines.push(`${spec ? 'ℹ' : '#'} ${name} ${count}`);
  lines.push(`${spec ? 'ℹ' : '#'} duration_ms ${(native.now() - begun).toFixed(6)}`);
  if (failures.length) lines.push('', '✖ failing tests:', ...failures.map((node) => `\n✖ ${node.name} ${duration(node)}\n  ${inspect(node.failed).replaceAll('\n', '\n  ')}`));
  loop.writeAll(1, `${lines.join('\n')}\n`);
  if (root.children.some((node) => node.failed && !node.options.todo)) process.exitCode = 1;
}

function runFiles(patterns) {
  const fs = require('fs'), path = require('path'), loader = require('internal/loader');
  const isTest = (name) => /(^|\/)(test|tests)\/.*\.[cm]?js$|(^|\/)test[^/]*\.[cm]?js$|[._-]test\.[cm]?js$/.test(name) && !name.includes('node_modules/');
  const files = patterns.length ? patterns.flatMap((name) => (fs.existsSync(name) ? (fs.statSync(name).isDirectory() ? fs.readdirSync(name, { recursive: true }).map((file) => path.join(name, file)).filter((file) => /\.[cm]?js$/.test(file)) : [name]) : fs.globSync(name)))
    : fs.readdirSync('.', { recursive: true }).filter(isTest);
  const parent = Object.assign(new loader.Module(), { filename: path.join(process.cwd(), 'x') });
  for (const file of files.sort()) loader.Module._load(path.resolve(file), parent);
}

const test = (...values) => add('test', values);
const suite = (...values) => add('suite', values);
for (const [method, kind] of [[test, 'test'], [suite, 'suite']]) {
  for (const option of ['skip', 'todo', 'only']) method[option] = (...values) => add(kind, values, { [option]: true });
}
const hook = (name) => (body) => { current.hooks[name].push(body); };
module.exports = Object.assign(test, { test, it: test, describe: suite, suite, before: hook('before'), after: hook('after'), beforeEach: hook('beforeEach'), afterEach: hook('afterEach'), mock: new Mock(), runFiles, finished: () => finished });
