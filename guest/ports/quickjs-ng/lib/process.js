// process: the running script's own process.
'use strict';

const EventEmitter = require('events');
const { check, coded, invalidArgument, systemError } = require('internal/errors');
const loop = require('internal/loop');
const { signals } = require('os').constants;

class process extends EventEmitter {}
Object.defineProperty(process.prototype, Symbol.toStringTag, { value: 'process', configurable: true });
const self = new process();
module.exports = self;

const [pid, ppid] = native.ids();
const started = native.now();
let exitCode;

// Environment: assignments are strings, as in Node; children get a copy of what is in it then.
const variables = Object.create(Object.prototype);
for (const entry of native.environ()) {
  const at = entry.indexOf('=', 1);
  if (at > 0) variables[entry.slice(0, at)] = entry.slice(at + 1);
}
const env = new Proxy(variables, {
  set(target, key, value) {
    if (typeof key === 'symbol' || typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
    target[key] = `${value}`;
    return true;
  },
  defineProperty(target, key, own) {
    target[key] = `${own.value}`;
    return true;
  },
});

function hrtime(previous) {
  const now = native.monotonic();
  let seconds = Number(now / 1000000000n), nanoseconds = Number(now % 1000000000n);
  if (previous !== undefined) {
    seconds -= previous[0];
    nanoseconds -= previous[1];
    if (nanoseconds < 0) {
      seconds--;
      nanoseconds += 1000000000;
    }
  }
  return [seconds, nanoseconds];
}
hrtime.bigint = () => native.monotonic();

function numberOf(signal) {
  if (typeof signal === 'number') return signal;
  const number = signals[signal];
  if (number === undefined) throw coded(TypeError, 'ERR_UNKNOWN_SIGNAL', `Unknown signal: ${signal}`);
  return number;
}

const link = native.readlink('/proc/self/exe'), executable = typeof link === 'string' ? link : '/bin/js';
const version = '20.20.2'; // what the library follows: scripts compare it
Object.assign(self, {
  title: 'js', version: `v${version}`, versions: { node: version, quickjs: native.engine }, arch: 'wasm32', platform: 'linux',
  release: { name: 'js' }, argv: [], execArgv: [], execPath: executable, argv0: native.argv[0], pid, ppid, env, features: {},
  config: { variables: {}, target_defaults: {} }, exitCode: undefined, hrtime, allowedNodeEnvironmentFlags: new Set(),
  cwd: () => check(native.cwd(), 'uv_cwd'),
  chdir(path) {
    if (typeof path !== 'string') throw invalidArgument('directory', 'of type string', path);
    const result = native.chdir(path);
    if (result < 0) {
      const error = systemError(result, 'chdir', self.cwd(), path);
      throw error;
    }
  },
  exit(code) {
    if (code !== undefined) self.exitCode = code;
    loop.leave();
  },
  reallyExit: (code) => native.exit(code ?? 0),
  abort: () => native.kill(pid, 6),
  kill(target, signal = 'SIGTERM') {
    if (target != (target | 0)) throw invalidArgument('pid', 'of type number', target);
    const result = native.kill(target | 0, numberOf(signal));
    if (result < 0) {
      const error = systemError(result, 'kill');
      error.message = `kill ${error.code}`;
      throw error;
    }
    return true;
  },
  nextTick: loop.nextTick,
  umask: (mask) => native.umask(typeof mask === 'string' ? parseInt(mask, 8) : mask),
  uptime: () => (native.now() - started) / 1000,
  memoryUsage: Object.assign(() => {
    const [, , resident, used] = native.usage();
    return { rss: resident * 1024 || used, heapTotal: used, heapUsed: used, external: 0, arrayBuffers: 0 };
  }, { rss: () => native.usage()[2] * 1024 }),
  cpuUsage(previous) {
    const [user, system] = native.usage();
    return { user: user - (previous?.user ?? 0), system: system - (previous?.system ?? 0) };
  },
  resourceUsage() {
    const [userCPUTime, systemCPUTime, maxRSS] = native.usage();
    return { userCPUTime, systemCPUTime, maxRSS };
  },
  emitWarning(warning, type = 'Warning', code) {
    if (typeof type === 'object' && type !== null) ({ type = 'Warning', code } = type);
    if (typeof warning === 'string') warning = Object.assign(new Error(warning), { name: type, ...(code ? { code } : {}) });
    self.nextTick(() => {
      if (!self.emit('warning', warning)) loop.writeAll(2, `(js:${pid}) ${warning.code ? `[${warning.code}] ` : ''}${warning.name}: ${warning.message}\n`);
    });
  },
  getuid: () => native.ids()[2], geteuid: () => native.ids()[3], getgid: () => native.ids()[4], getegid: () => native.ids()[5],
  binding() { throw coded(Error, 'ERR_INVALID_MODULE', 'No such binding: js has no internal bindings'); },
  setUncaughtExceptionCaptureCallback() {}, getActiveResourcesInfo: () => [], setSourceMapsEnabled() {},
  getBuiltinModule: (name) => (native.isBuiltin(name) ? require(name.replace(/^node:/, '')) : undefined),
});

Object.defineProperty(self, 'exitCode', {
  get: () => exitCode,
  set(code) {
    if (code !== undefined && code !== null && !Number.isInteger(typeof code === 'string' && code !== '' ? Number(code) : code))
      throw invalidArgument('code', 'of type number', code);
    exitCode = code ?? undefined;
  },
  enumerable: true,
  configurable: true,
});
const streams = {};
for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries()) {
  Object.defineProperty(self, name, {
    get: () => (streams[name] ??= require('internal/process_streams').open(fd)), configurable: true, enumerable: true,
  });
}

// Signals are watched while somebody listens.
self.on('newListener', (name) => {
  if (signals[name] && self.listenerCount(name) === 0) loop.watchSignal(signals[name], () => self.emit(name, name, signals[name]));
});
self.on('removeListener', (name) => {
  if (signals[name] && self.listenerCount(name) === 0) loop.watchSignal(signals[name], null);
});
