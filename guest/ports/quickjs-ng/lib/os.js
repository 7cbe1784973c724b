// os: facts about the system.
'use strict';

const { SYSTEM } = require('internal/errors');
const SIGNALS = 'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(' ');
const signals = {};
SIGNALS.forEach((name, i) => { signals[`SIG${name}`] = i + 1; });
Object.assign(signals, { SIGIOT: 6, SIGPOLL: 29 });

const [sysname, nodename, release, version, machine] = native.uname();
const text = (file) => {
  const found = native.readText(file);
  return typeof found === 'string' ? found : '';
};
const memory = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text('/proc/meminfo'))?.[1] ?? 0) * 1024;

function cpus() {
  const count = [...text('/proc/cpuinfo').matchAll(/^processor\s*:/gm)].length || 1;
  const model = /^model name\s*:\s*(.*)$/m.exec(text('/proc/cpuinfo'))?.[1] ?? 'unknown';
  return Array.from({ length: count }, () => ({ model, speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } }));
}

function userInfo() {
  const uid = native.ids()[2], line = text('/etc/passwd').split('\n').map((entry) => entry.split(':')).find((fields) => Number(fields[2]) === uid && fields.length > 6);
  return { uid, gid: native.ids()[4], username: line?.[0] ?? `${uid}`, homedir: line?.[5] ?? '/', shell: line?.[6] ?? null };
}

module.exports = {
  EOL: '\n', devNull: '/dev/null',
  arch: () => 'wasm32', platform: () => 'linux', type: () => sysname, release: () => release, version: () => version, machine: () => machine, hostname: () => nodename, endianness: () => 'LE',
  homedir: () => process.env.HOME ?? userInfo().homedir, tmpdir: () => (process.env.TMPDIR ?? process.env.TMP ?? process.env.TEMP ?? '/tmp').replace(/(?<=.)\/$/, ''),
  uptime: () => Number(text('/proc/uptime').split(' ')[0]) || native.now() / 1000, loadavg: () => (text('/proc/loadavg').split(' ').slice(0, 3).map(Number).concat([0, 0, 0])).slice(0, 3),
  totalmem: () => memory('MemTotal'), freemem: () => memory('MemAvailable') || memory('MemFree'), cpus, availableParallelism: () => cpus().length, userInfo,
  networkInterfaces: () => ({}), getPriority: () => 0, setPriority() {},
  constants: { signals, errno: Object.fromEntries(Object.entries(SYSTEM).map(([code, [number]]) => [code, number])), priority: { PRIORITY_LOW: 19, PRIORITY_NORMAL: 0, PRIORITY_HIGH: -14 }, dlopen: {}, UV_UDP_REUSEADDR: 4 },
};
