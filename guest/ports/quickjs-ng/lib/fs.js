// fs: files and directories; synchronous, with callbacks, and (fs_promises.js) with promises. All of them wait in the
// system call: a file is never slow here.
'use strict';

const path = require('path');
const { check, coded, functionArgument, invalidArgument, systemError } = require('internal/errors');

const constants = {
  F_OK: 0, X_OK: 1, W_OK: 2, R_OK: 4, O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_CREAT: 0o100, O_EXCL: 0o200, O_NOCTTY: 0o400, O_TRUNC: 0o1000,
  O_APPEND: 0o2000, O_NONBLOCK: 0o4000, O_DSYNC: 0o10000, O_SYNC: 0o4010000, O_DIRECTORY: 0o200000, O_NOFOLLOW: 0o400000,
  S_IFMT: 0o170000, S_IFREG: 0o100000, S_IFDIR: 0o040000, S_IFCHR: 0o020000, S_IFBLK: 0o060000, S_IFIFO: 0o010000, S_IFLNK: 0o120000, S_IFSOCK: 0o140000,
  S_IRWXU: 0o700, S_IRUSR: 0o400, S_IWUSR: 0o200, S_IXUSR: 0o100, S_IRWXG: 0o70, S_IRGRP: 0o40, S_IWGRP: 0o20, S_IXGRP: 0o10,
  S_IRWXO: 7, S_IROTH: 4, S_IWOTH: 2, S_IXOTH: 1, COPYFILE_EXCL: 1, COPYFILE_FICLONE: 2, COPYFILE_FICLONE_FORCE: 4,
  UV_FS_COPYFILE_EXCL: 1, UV_DIRENT_UNKNOWN: 0, UV_DIRENT_FILE: 1, UV_DIRENT_DIR: 2, UV_DIRENT_LINK: 3,
};
const FLAGS = { r: 0, 'r+': 2, rs: 0o4010000, 'rs+': 0o4010002, w: 0o1101, wx: 0o1301, 'w+': 0o1102, 'wx+': 0o1302, a: 0o2101, ax: 0o2301, 'a+': 0o2102, 'ax+': 0o2302, as: 0o4012101 };
FLAGS.xw = FLAGS.wx;
FLAGS.xa = FLAGS.ax;

function flagsOf(flags) {
  if (typeof flags === 'number') return flags;
  const found = FLAGS[flags ?? 'r'];
  if (found === undefined) throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'flags' is invalid. Received ${require('internal/inspect').inspect(flags)}`);
  return found;
}

function pathOf(value, name = 'path') {
  if (value instanceof URL) value = require('url').fileURLToPath(value);
  else if (value instanceof Uint8Array) value = Buffer.from(value).toString();
  if (typeof value !== 'string') throw invalidArgument(name, 'of type string or an instance of Buffer or URL', value);
  if (value.includes('\0')) throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument '${name}' must be a string, Uint8Array, or URL without null bytes. Received ${require('internal/inspect').inspect(value)}`);
  return value;
}

const modeOf = (mode, fallback) => (mode === undefined || mode === null ? fallback : typeof mode === 'string' ? parseInt(mode, 8) : mode);
const optionsOf = (options) => (typeof options === 'string' ? { encoding: options } : options ?? {});
const secondsOf = (time) => (time instanceof Date ? time.getTime() / 1000 : Number(time));

class Stats {
  constructor(fields, big) {
    const names = ['dev', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'blksize', 'ino', 'size', 'blocks', 'atimeMs', 'mtimeMs', 'ctimeMs', 'birthtimeMs'];
    const values = [...fields, fields[12]];
    names.forEach((name, i) => { this[name] = big ? BigInt(Math.trunc(values[i])) : values[i]; });
    if (big) for (const name of ['atime', 'mtime', 'ctime', 'birthtime']) this[`${name}Ns`] = BigInt(Math.round(Number(values[names.indexOf(`${name}Ms`)]) * 1e6));
    for (const name of ['atime', 'mtime', 'ctime', 'birthtime']) this[name] = new Date(Number(this[`${name}Ms`]));
  }
}
class Dirent {
  constructor(name, directory, type) {
    this.name = name;
    this.parentPath = this.path = directory;
    Object.defineProperty(this, 'type', { value: type });
  }
}
const KINDS = { isFile: [0o100000, 8], isDirectory: [0o040000, 4], isSymbolicLink: [0o120000, 10], isFIFO: [0o010000, 1], isSocket: [0o140000, 12], isBlockDevice: [0o060000, 6], isCharacterDevice: [0o020000, 2] };
for (const [name, [mode, type]] of Object.entries(KINDS)) {
  Object.defineProperty(Stats.prototype, name, { value() { return (Number(this.mode) & 0o170000) === mode; }, configurable: true, writable: true });
  Object.defineProperty(Dirent.prototype, name, { value() { return this.type === type; }, configurable: true, writable: true });
}

const sync = {
  openSync: (file, flags, mode) => check(native.open(pathOf(file), flagsOf(flags), modeOf(mode, 0o666)), 'open', pathOf(file)),
  closeSync: (fd) => { check(native.close(fd), 'close'); },
  readSync(fd, buffer, offset, length, position) {
    if (offset !== null && typeof offset === 'object') ({ offset, length, position } = offset);
    const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    return check(native.read(fd, bytes, offset ?? 0, length ?? bytes.length - (offset ?? 0), typeof position === 'bigint' ? Number(position) : position ?? null), 'read');
  },
  writeSync(fd, data, offset, length, position) {
    if (typeof data === 'string') {
      const bytes = Buffer.from(data, typeof length === 'string' ? length : 'utf8');
      return writeFully(fd, bytes, typeof offset === 'number' ? offset : null);
    }
    if (offset !== null && typeof offset === 'object') ({ offset, length, position } = offset);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).subarray(offset ?? 0, length === undefined || length === null ? undefined : (offset ?? 0) + length);
    return check(native.write(fd, bytes, 0, bytes.length, position ?? null), 'write');
  },
  readvSync(fd, views, position) {
    let total = 0;
    for (const view of views) {
      const got = sync.readSync(fd, view, 0, view.byteLength, typeof position === 'number' ? position + total : null);
      total += got;
      if (got < view.byteLength) break;
    }
    return total;
  },
  writevSync: (fd, views, position) => views.reduce((total, view) => total + sync.writeSync(fd, view, 0, view.byteLength, typeof position === 'number' ? position + total : null), 0),
  readFileSync(file, options) {
    const { encoding, flag } = optionsOf(options), own = typeof file !== 'number';
    const fd = own ? sync.openSync(file, flag ?? 'r') : file;
    try {
      const stats = check(native.fstat(fd), 'fstat');
      if ((stats[1] & 0o170000) === 0o040000) throw systemError(-21, 'read');
      let buffer = new Uint8Array(Math.max(stats[8] + 1, 8192)), size = 0;
      for (let got; (got = check(native.read(fd, buffer, size, buffer.length - size, null), 'read')) > 0; ) {
        size += got;
        if (size === buffer.length) {
          const larger = new Uint8Array(size * 2);
          larger.set(buffer);
          buffer = larger;
        }
      }
      const result = Buffer.from(buffer.buffer, 0, size);
      return encoding && encoding !== 'buffer' ? result.toString(encoding) : result;
    } finally {
      if (own) native.close(fd);
    }
  },
  writeFileSync(file, data, options) {
    const { encoding, mode, flag, flush } = optionsOf(options), own = typeof file !== 'number';
    if (typeof data !== 'string' && !ArrayBuffer.isView(data)) throw invalidArgument('data', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
    const fd = own ? sync.openSync(file, flag ?? 'w', mode) : file;
    try {
      writeFully(fd, typeof data === 'string' ? Buffer.from(data, encoding) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength), null);
      if (flush) native.fsync(fd);
    } finally {
      if (own) native.close(fd);
    }
  },
  appendFileSync: (file, data, options) => sync.writeFileSync(file, data, { flag: 'a', ...optionsOf(options) }),
  existsSync(file) {
    try {
      return native.access(pathOf(file), 0) === 0;
    } catch {
      return false;
    }
  },
  accessSync: (file, mode) => { check(native.access(pathOf(file), mode ?? 0), 'access', pathOf(file)); },
  statSync: (file, options) => status(file, options, false),
  lstatSync: (file, options) => status(file, options, true),
  fstatSync: (fd, options) => new Stats(check(native.fstat(fd), 'fstat'), options?.bigint),
  mkdirSync(directory, options) {
    const { recursive, mode } = typeof options === 'object' && options !== null ? options : { mode: options };
    const name = pathOf(directory);
    if (!recursive) {
      check(native.mkdir(name, modeOf(mode, 0o777)), 'mkdir', name);
      return undefined;
    }
    const missing = [];
    for (let at = path.resolve(name); native.access(at, 0) < 0; at = path.dirname(at)) missing.unshift(at);
    if (!missing.length && !sync.statSync(name).isDirectory()) throw systemError(-17, 'mkdir', name);
    for (const at of missing) {
      const result = native.mkdir(at, modeOf(mode, 0o777));
      if (result < 0 && result !== -17) throw systemError(result, 'mkdir', name);
    }
    return missing[0];
  },
  mkdtempSync: (prefix) => check(native.mkdtemp(pathOf(prefix, 'prefix')), 'mkdtemp', `${prefix}XXXXXX`),
  readdirSync(directory, options) {
    const { withFileTypes, recursive, encoding } = optionsOf(options), name = pathOf(directory), found = [];
    const visit = (at, prefix) => {
      const entries = check(native.readdir(at), 'scandir', at), pairs = [];
      for (let i = 0; i < entries.length; i += 2) pairs.push([entries[i], entries[i + 1]]);
      pairs.sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [entry, type] of pairs) {
        found.push(withFileTypes ? new Dirent(entry, at, type) : encoding === 'buffer' ? Buffer.from(prefix + entry) : prefix + entry);
      }
      if (recursive) for (const [entry, type] of pairs) if (type === 4) visit(path.join(at, entry), `${prefix}${entry}/`);
    };
    visit(name, '');
    return found;
  },
  rmdirSync(directory, options) {
    if (options?.recursive) return sync.rmSync(directory, { recursive: true });
    check(native.rmdir(pathOf(directory)), 'rmdir', pathOf(directory));
    return undefined;
  },
  rmSync(file, options = {}) {
    const name = pathOf(file), found = native.stat(name, true);
    if (typeof found === 'number') {
      if (options.force && found === -2) return;
      throw systemError(found, 'rm', name);
    }
    if ((found[1] & 0o170000) !== 0o040000) {
      check(native.unlink(name), 'rm', name);
      return;
    }
    if (!options.recursive) {
      const error = coded(Error, 'ERR_FS_EISDIR', `Path is a directory: rm returned EISDIR (is a directory) ${name}`);
      throw Object.assign(error, { name: 'SystemError', errno: 21, syscall: 'rm', path: name });
    }
    const entries = check(native.readdir(name), 'rm', name);
    for (let i = 0; i < entries.length; i += 2) sync.rmSync(path.join(name, entries[i]), options);
    check(native.rmdir(name), 'rm', name);
  },
  unlinkSync: (file) => { check(native.unlink(pathOf(file)), 'unlink', pathOf(file)); },
  renameSync: (from, to) => { check(native.rename(pathOf(from, 'oldPath'), pathOf(to, 'newPath')), 'rename', pathOf(from), pathOf(to)); },
  linkSync: (from, to) => { check(native.link(pathOf(from), pathOf(to)), 'link', pathOf(from), pathOf(to)); },
  symlinkSync: (target, file) => { check(native.symlink(pathOf(target, 'target'), pathOf(file)), 'symlink', pathOf(target), pathOf(file)); },
  readlinkSync: (file) => check(native.readlink(pathOf(file)), 'readlink', pathOf(file)),
  realpathSync: Object.assign((file) => check(native.realpath(pathOf(file)), 'realpath', pathOf(file)), { native: (file) => check(native.realpath(pathOf(file)), 'realpath', pathOf(file)) }),
  chmodSync: (file, mode) => { check(native.chmod(pathOf(file), modeOf(mode)), 'chmod', pathOf(file)); },
  fchmodSync: (fd, mode) => { check(native.fchmod(fd, modeOf(mode)), 'fchmod'); },
  chownSync: (file, uid, gid) => { check(native.chown(pathOf(file), uid, gid, false), 'chown', pathOf(file)); },
  lchownSync: (file, uid, gid) => { check(native.chown(pathOf(file), uid, gid, true), 'lchown', pathOf(file)); },
  utimesSync: (file, atime, mtime) => { check(native.utimes(pathOf(file), secondsOf(atime), secondsOf(mtime), false), 'utime', pathOf(file)); },
  lutimesSync: (file, atime, mtime) => { check(native.utimes(pathOf(file), secondsOf(atime), secondsOf(mtime), true), 'lutime', pathOf(file)); },
  futimesSync: (fd, atime, mtime) => { check(native.utimes(fd, secondsOf(atime), secondsOf(mtime), false), 'futime'); },
  truncateSync: (file, size) => { check(native.truncate(typeof file === 'number' ? file : pathOf(file), size ?? 0), 'truncate', typeof file === 'number' ? undefined : pathOf(file)); },
  ftruncateSync: (fd, size) => { check(native.truncate(fd, size ?? 0), 'ftruncate'); },
  fsyncSync: (fd) => { check(native.fsync(fd), 'fsync'); },
  fdatasyncSync: (fd) => { check(native.fsync(fd), 'fdatasync'); },
  copyFileSync(from, to, mode = 0) {
    const source = pathOf(from, 'src'), dest = pathOf(to, 'dest');
    const input = check(native.open(source, 0, 0), 'copyfile', source, dest);
    try {
      const stats = check(native.fstat(input), 'copyfile', source, dest);
      if ((stats[1] & 0o170000) === 0o040000) throw systemError(-21, 'copyfile', source, dest);
      const output = check(native.open(dest, 0o1101 | (mode & 1 ? 0o200 : 0), stats[1] & 0o7777), 'copyfile', source, dest);
      const chunk = new Uint8Array(1 << 18);
      try {
        for (let got; (got = check(native.read(input, chunk, 0, chunk.length, null), 'copyfile', source, dest)) > 0; ) writeFully(output, chunk.subarray(0, got), null);
      } finally {
        native.close(output);
      }
    } finally {
      native.close(input);
    }
  },
  cpSync(from, to, options = {}) {
    const source = pathOf(from, 'src'), dest = pathOf(to, 'dest'), stats = options.dereference ? sync.statSync(source) : sync.lstatSync(source);
    if (options.filter && !options.filter(source, dest)) return;
    if (stats.isDirectory()) {
      if (!options.recursive) throw coded(Error, 'ERR_FS_EISDIR', `Recursive option not enabled, cannot copy a directory: ${source}`);
      sync.mkdirSync(dest, { recursive: true });
      for (const name of sync.readdirSync(source)) sync.cpSync(path.join(source, name), path.join(dest, name), options);
    } else if (stats.isSymbolicLink()) {
      sync.rmSync(dest, { force: true });
      sync.symlinkSync(sync.readlinkSync(source), dest);
    } else {
      if (options.force === false && sync.existsSync(dest)) {
        if (options.errorOnExist) throw coded(Error, 'ERR_FS_CP_EEXIST', `Target already exists: ${dest}`);
        return;
      }
      sync.mkdirSync(path.dirname(dest), { recursive: true });
      sync.copyFileSync(source, dest);
    }
  },
  opendirSync(directory) {
    const entries = sync.readdirSync(directory, { withFileTypes: true });
    return {
      path: directory, readSync: () => entries.shift() ?? null, read: async () => entries.shift() ?? null, closeSync() {}, async close() {},
      async *[Symbol.asyncIterator]() { yield* entries; },
    };
  },
  globSync(pattern, options = {}) {
    const cwd = options.cwd ?? process.cwd(), tests = [pattern].flat().map(globToRegExp);
    return sync.readdirSync(cwd, { recursive: true }).filter((name) => tests.some((test) => test.test(name)));
  },
};

function globToRegExp(pattern) {
  const source = pattern.replace(/[.+^$()|\\]/g, '\\$&').replace(/\*\*\/?|\*|\?|\[!?|\{|\}|,/g, (part) => (part === '**/' ? '(?:.*/)?' : part === '**' ? '.*' : part === '*' ? '[^/]*'
    : part === '?' ? '[^/]' : part === '[!' ? '[^' : part === '{' ? '(?:' : part === '}' ? ')' : part === ',' ? (pattern.includes('{') ? '|' : ',') : part));
  return new RegExp(`^${source}$`);
}

function writeFully(fd, bytes, position) {
  let done = 0;
  while (done < bytes.length) {
    const wrote = native.write(fd, bytes, done, bytes.length - done, position === null ? null : position + done);
    if (wrote === -11) native.poll([fd, 4], -1);
    else done += check(wrote, 'write');
  }
  return done;
}

function status(file, options, link) {
  const name = pathOf(file), found = native.stat(name, link);
  if (found === -2 && options?.throwIfNoEntry === false) return undefined;
  return new Stats(check(found, link ? 'lstat' : 'stat', name), options?.bigint);
}

const fs = { ...sync, constants, Stats, Dirent, globToRegExp, F_OK: 0, X_OK: 1, W_OK: 2, R_OK: 4 };
module.exports = fs;

// The callback forms: the synchronous call, answered on the next turn of the loop.
for (const name of Object.keys(sync)) {
  const bare = name.slice(0, -4);
  if (bare === 'exists') continue;
  fs[bare] = { [bare](...values) {
    const callback = values.pop();
    functionArgument(callback, 'cb');
    let error = null, result;
    try {
      result = sync[name](...values);
    } catch (thrown) {
      if (typeof thrown.code === 'string' && thrown.code.startsWith('ERR_')) throw thrown;
      error = thrown;
    }
    setImmediate(() => {
      if (error) callback(error);
      else if (bare === 'read' || bare === 'write') callback(null, result, values[1]);
      else if (result === undefined) callback(null);
      else callback(null, result);
    });
  } }[bare];
}
fs.exists = (file, callback) => setImmediate(() => callback(sync.existsSync(file)));
fs.realpath.native = fs.realpath;
const kCustom = Symbol.for('nodejs.util.promisify.custom');
fs.exists[kCustom] = async (file) => sync.existsSync(file);
fs.read[kCustom] = async (fd, buffer, ...rest) => ({ bytesRead: sync.readSync(fd, buffer, ...rest), buffer });
fs.write[kCustom] = async (fd, buffer, ...rest) => ({ bytesWritten: sync.writeSync(fd, buffer, ...rest), buffer });

Object.defineProperty(fs, 'promises', { get: () => require('fs/promises'), enumerable: true, configurable: true });
for (const name of ['createReadStream', 'createWriteStream', 'ReadStream', 'WriteStream', 'watch', 'watchFile', 'unwatchFile'])
  Object.defineProperty(fs, name, { get: () => require('internal/fs_streams')[name], enumerable: true, configurable: true });
