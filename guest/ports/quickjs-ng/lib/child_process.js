// child_process: programs started by posix_spawn, their pipes served by the event loop.
'use strict';

const EventEmitter = require('events');
const { check, coded, systemError, invalidArgument, stringArgument } = require('internal/errors');
const loop = require('internal/loop');
const { signals } = require('os').constants;

const signalNames = new Map(Object.entries(signals).map(([name, number]) => [number, name]).reverse());
const numberOf = (signal) => (typeof signal === 'number' ? signal : signals[signal ?? 'SIGTERM']);

function normalize(file, values, options) {
  stringArgument(file, 'file');
  if (file === '') throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', "The argument 'file' cannot be empty. Received ''");
  if (!Array.isArray(values)) [values, options] = [[], values ?? options];
  options = { ...options };
  let words = values.map(String);
  if (options.shell) {
    words = ['-c', [file, ...words].join(' ')];
    file = typeof options.shell === 'string' ? options.shell : '/bin/sh';
  }
  const environment = options.env ?? process.env;
  return {
    options, file, words, spawnargs: [options.argv0 ?? file, ...words],
    environment: Object.keys(environment).filter((key) => environment[key] !== undefined).map((key) => `${key}=${environment[key]}`),
    cwd: options.cwd === undefined || options.cwd === null ? null : options.cwd instanceof URL ? require('url').fileURLToPath(options.cwd) : `${options.cwd}`,
  };
}

function stdioOf(value, count = 3) {
  const list = Array.isArray(value) ? [...value] : new Array(count).fill(value ?? 'pipe');
  while (list.length < 3) list.push('pipe');
  return list.map((item) => item ?? 'pipe');
}

// Descriptors for the child, and the ends of pipes that stay here.
function openDescriptors(stdio) {
  const child = [], own = [], toClose = [];
  stdio.forEach((item, i) => {
    own[i] = -1;
    if (item === 'pipe' || item === 'overlapped') {
      const [reader, writer] = check(native.pipe(), 'pipe');
      child[i] = i === 0 ? reader : writer;
      own[i] = i === 0 ? writer : reader;
      toClose.push(child[i]);
    } else if (item === 'ignore') {
      child[i] = check(native.open('/dev/null', 2, 0), 'open', '/dev/null');
      toClose.push(child[i]);
    } else if (item === 'inherit') {
      child[i] = i;
    } else if (typeof item === 'number') {
      child[i] = item;
    } else if (typeof item?.fd === 'number') {
      child[i] = item.fd;
    } else {
      throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'stdio' is invalid. Received ${require('internal/inspect').inspect(item)}`);
    }
  });
  return { child, own, toClose };
}

// -> { pid or negative errno, own: the ends of the pipes that are ours }
function start(plan, stdio) {
  const { child, own, toClose } = openDescriptors(stdio);
  const missing = plan.cwd !== null && typeof native.stat(plan.cwd, false) === 'number';
  const pid = missing ? -2 : native.spawn(plan.file, plan.spawnargs, plan.environment, plan.cwd, child, Boolean(plan.options.detached));
  for (const fd of toClose) native.close(fd);
  if (pid < 0) for (const fd of own) if (fd >= 0) native.close(fd);
  return { pid, own };
}

function spawnError(result, plan, call) {
  const error = systemError(result, `${call} ${plan.file}`);
  error.message = `${call} ${plan.file} ${error.code}`;
  if (typeof error.stack === 'string') error.stack = `${error.name}: ${error.message}`;
  return Object.assign(error, { path: plan.file, spawnargs: plan.words });
}

class ChildProcess extends EventEmitter {
  constructor() {
    super();
    Object.assign(this, { connected: false, signalCode: null, exitCode: null, killed: false, spawnfile: null, pid: undefined, stdin: null, stdout: null, stderr: null, stdio: [], spawnargs: [] });
  }
  kill(signal = 'SIGTERM') {
    if (this.pid === undefined || this.exitCode !== null || this.signalCode !== null) return false;
    const number = numberOf(signal);
    if (number === undefined) throw coded(TypeError, 'ERR_UNKNOWN_SIGNAL', `Unknown signal: ${signal}`);
    const sent = native.kill(this.pid, number) === 0;
    if (sent && number) this.killed = true;
    return sent;
  }
  ref() {}
  unref() {}
  disconnect() {}
}

function spawn(file, values, options) {
  const plan = normalize(file, values, options);
  const { DescriptorReader, DescriptorWriter } = require('internal/process_streams');
  const child = new ChildProcess();
  child.spawnfile = plan.file;
  child.spawnargs = plan.spawnargs;
  const { pid, own } = start(plan, stdioOf(plan.options.stdio));
  if (pid < 0) {
    process.nextTick(() => {
      child.emit('error', spawnError(pid, plan, 'spawn'));
      child.emit('close', pid, null);
    });
    const { PassThrough } = require('stream');
    child.stdio = own.map((fd, i) => (fd < 0 ? null : Object.assign(new PassThrough(), i === 0 ? {} : { ended: true })));
    [child.stdin, child.stdout, child.stderr] = child.stdio;
    for (const stream of child.stdio.slice(1)) stream?.end();
    return child;
  }
  child.pid = pid;
  child.stdio = own.map((fd, i) => (fd < 0 ? null : i === 0 ? new DescriptorWriter(fd) : new DescriptorReader(fd)));
  [child.stdin, child.stdout, child.stderr] = child.stdio;
  let open = 1 + child.stdio.slice(1).filter(Boolean).length;
  const over = () => {
    if (--open === 0) child.emit('close', child.exitCode, child.signalCode);
  };
  for (const stream of child.stdio.slice(1)) stream?.once('close', over);
  child.stdin?.on('error', () => {}); // a child that does not read its input
  let timer;
  if (plan.options.timeout > 0) timer = setTimeout(() => child.kill(plan.options.killSignal), plan.options.timeout);
  plan.options.signal?.addEventListener('abort', () => {
    if (child.kill(plan.options.killSignal)) child.emit('error', EventEmitter.abortError(plan.options.signal));
  });
  process.nextTick(() => child.emit('spawn'));
  loop.watchChild(pid, (code, signal) => {
    clearTimeout(timer);
    child.exitCode = code;
    child.signalCode = signal ? signalNames.get(signal) ?? null : null;
    child.stdin?.destroy();
    child.emit('exit', child.exitCode, child.signalCode);
    for (const stream of child.stdio.slice(1)) if (stream && !stream.readableFlowing) stream.resume();
    over();
  });
  return child;
}

function execFile(file, values, options, callback) {
  if (typeof values === 'function') [values, options, callback] = [[], {}, values];
  else if (!Array.isArray(values)) [values, options, callback] = [[], values, options];
  if (typeof options === 'function') [options, callback] = [{}, options];
  options = { encoding: 'utf8', maxBuffer: 1024 * 1024, ...options };
  const child = spawn(file, values, { ...options, stdio: 'pipe' });
  const output = [[], []], sizes = [0, 0];
  let failure = null, finished = false;
  [child.stdout, child.stderr].forEach((stream, i) => stream?.on('data', (chunk) => {
    sizes[i] += chunk.length;
    if (sizes[i] > options.maxBuffer) {
      failure ??= coded(RangeError, 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER', `${i ? 'stderr' : 'stdout'} maxBuffer length exceeded`);
      chunk = chunk.subarray(0, Math.max(0, chunk.length - (sizes[i] - options.maxBuffer)));
      child.kill(options.killSignal);
    }
    output[i].push(chunk);
  }));
  const done = (error) => {
    if (finished) return;
    finished = true;
    const texts = output.map((chunks) => {
      const whole = Buffer.concat(chunks);
      return options.encoding && options.encoding !== 'buffer' ? whole.toString(options.encoding) : whole;
    });
    if (error) Object.assign(error, { stdout: undefined, stderr: undefined });
    if (error) {
      delete error.stdout;
      delete error.stderr;
    }
    callback?.(error, ...texts);
  };
  child.on('error', (error) => { failure = Object.assign(error, { cmd: [file, ...values].join(' ') }); if (child.pid === undefined) done(failure); });
  child.on('close', (code, signal) => {
    if (code === 0 && !signal && !failure) return done(null);
    const command = options.shell ? [file, ...values].join(' ') : [file, ...values].join(' ');
    const error = failure ?? Object.assign(new Error(`Command failed: ${command}\n${Buffer.concat(output[1]).toString()}`), { code, killed: child.killed, signal, cmd: command });
    return done(error);
  });
  return child;
}

function exec(command, options, callback) {
  if (typeof options === 'function') [options, callback] = [{}, options];
  return execFile(command, [], { ...options, shell: options?.shell ?? true }, callback);
}

function spawnSync(file, values, options) {
  const plan = normalize(file, values, options);
  const { input, encoding, maxBuffer = 1024 * 1024, timeout, killSignal } = plan.options;
  const stdio = stdioOf(plan.options.stdio);
  if (input !== undefined && input !== null) stdio[0] = 'pipe';
  const { pid, own } = start(plan, stdio);
  const convert = (bytes) => (bytes === null ? null : encoding && encoding !== 'buffer' ? bytes.toString(encoding) : bytes);
  if (pid < 0) return { error: spawnError(pid, plan, 'spawnSync'), status: null, signal: null, output: null, pid: 0, stdout: null, stderr: null };
  const outputs = own.map((fd, i) => (fd >= 0 && i > 0 ? [] : null)), sizes = own.map(() => 0);
  let data = input === undefined || input === null ? new Uint8Array(0) : typeof input === 'string' ? Buffer.from(input, encoding && encoding !== 'buffer' ? encoding : 'utf8') : new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  const deadline = timeout > 0 ? native.now() + timeout : Infinity;
  let error, sent = 0;
  const shut = (i) => {
    native.close(own[i]);
    own[i] = -1;
  };
  const stop = (failure) => {
    error ??= failure;
    native.kill(pid, numberOf(killSignal));
  };
  if (own[0] >= 0 && !data.length) shut(0);
  else if (own[0] >= 0) native.nonblock(own[0]);
  while (own.some((fd) => fd >= 0)) {
    const request = own.flatMap((fd, i) => (fd < 0 ? [] : [fd, i === 0 ? 4 : 1]));
    const left = deadline === Infinity ? -1 : Math.max(0, Math.ceil(deadline - native.now()));
    if (left === 0) {
      stop(spawnError(-110, plan, 'spawnSync'));
      break;
    }
    const ready = check(native.poll(request, left), 'poll');
    let slot = 0;
    for (let i = 0; i < own.length; i++) {
      if (own[i] < 0) continue;
      if (!ready[slot++]) continue;
      if (i === 0) {
        const done = native.write(own[0], data, sent, data.length - sent, null);
        if (done >= 0) sent += done;
        if ((done < 0 && done !== -11) || sent === data.length) shut(0);
        continue;
      }
      const chunk = new Uint8Array(65536), got = native.read(own[i], chunk, 0, chunk.length, null);
      if (got <= 0) {
        shut(i);
        continue;
      }
      sizes[i] += got;
      if (sizes[i] > maxBuffer) {
        outputs[i].push(chunk.slice(0, got - (sizes[i] - maxBuffer)));
        stop(Object.assign(spawnError(-105, plan, 'spawnSync'), { code: 'ENOBUFS', message: `spawnSync ${plan.file} ENOBUFS` }));
        for (let j = 0; j < own.length; j++) if (own[j] >= 0) shut(j);
      } else {
        outputs[i].push(chunk.slice(0, got));
      }
    }
  }
  for (let i = 0; i < own.length; i++) if (own[i] >= 0) shut(i);
  let result = native.wait(pid, deadline === Infinity || error !== undefined);
  while (Array.isArray(result) && result[0] === 0) { // a child without pipes, and a timeout
    if (native.now() >= deadline && !error) stop(spawnError(-110, plan, 'spawnSync'));
    native.poll([], 5);
    result = native.wait(pid, error !== undefined);
  }
  const [, code, signal] = check(result, 'waitpid');
  const output = outputs.map((chunks) => convert(chunks && Buffer.concat(chunks)));
  if (error) Object.assign(error, { stdout: undefined, stderr: undefined });
  return { ...(error ? { error } : {}), status: signal ? null : code, signal: signal ? signalNames.get(signal) : null, output, pid, stdout: output[1], stderr: output[2] };
}

function checked(result, command, options, showErrors) {
  if (showErrors && result.stderr?.length) loop.writeAll(2, Buffer.from(result.stderr));
  if (result.error) throw Object.assign(result.error, result);
  if (result.status !== 0) {
    const error = new Error(`Command failed: ${command}${result.stderr?.length ? `\n${result.stderr}` : ''}`);
    throw Object.assign(error, result);
  }
  return result.stdout;
}

function execFileSync(file, values, options) {
  if (!Array.isArray(values)) [values, options] = [[], values ?? options];
  return checked(spawnSync(file, values, options), [file, ...values].join(' '), options, options?.stdio === undefined);
}

function execSync(command, options) {
  stringArgument(command, 'command');
  return checked(spawnSync(command, [], { ...options, shell: options?.shell ?? true }), command, options, options?.stdio === undefined);
}

function fork(file, values, options) {
  throw coded(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'fork() and its channel are not in js: use spawn(process.execPath, [file])');
}

const kCustom = Symbol.for('nodejs.util.promisify.custom');
for (const method of [exec, execFile]) {
  Object.defineProperty(method, kCustom, { value: (...values) => {
    let child;
    const promise = new Promise((resolve, reject) => {
      child = method(...values, (error, stdout, stderr) => (error ? reject(Object.assign(error, { stdout, stderr })) : resolve({ stdout, stderr })));
    });
    return Object.assign(promise, { child });
  } });
}

module.exports = { ChildProcess, spawn, exec, execFile, spawnSync, execSync, execFileSync, fork };
