// fs/promises: the synchronous calls as promises, and FileHandle.
'use strict';

const fs = require('fs');
const { check } = require('internal/errors');

// Settles on a later turn of the loop, as a call that really went elsewhere would.
function later(work) {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error);
      }
    });
  });
}

class FileHandle {
  #fd;
  constructor(fd) { this.#fd = fd; }
  get fd() { return this.#fd; }
  close() {
    return later(() => {
      if (this.#fd >= 0) fs.closeSync(this.#fd);
      this.#fd = -1;
    });
  }
  read(buffer, ...rest) {
    if (buffer === undefined || !ArrayBuffer.isView(buffer)) [buffer, rest] = [buffer?.buffer ?? Buffer.alloc(16384), buffer ? [buffer] : []];
    return later(() => ({ bytesRead: fs.readSync(this.#fd, buffer, ...rest), buffer }));
  }
  write(buffer, ...rest) { return later(() => ({ bytesWritten: fs.writeSync(this.#fd, buffer, ...rest), buffer })); }
  readFile(options) { return later(() => fs.readFileSync(this.#fd, options)); }
  writeFile(data, options) { return later(() => fs.writeFileSync(this.#fd, data, options)); }
  appendFile(data, options) { return this.writeFile(data, options); }
  stat(options) { return later(() => fs.fstatSync(this.#fd, options)); }
  truncate(size) { return later(() => fs.ftruncateSync(this.#fd, size)); }
  chmod(mode) { return later(() => fs.fchmodSync(this.#fd, mode)); }
  utimes(atime, mtime) { return later(() => fs.futimesSync(this.#fd, atime, mtime)); }
  sync() { return later(() => check(native.fsync(this.#fd), 'fsync')); }
  datasync() { return this.sync(); }
  createReadStream(options) { return fs.createReadStream(null, { ...options, fd: this.#fd }); }
  createWriteStream(options) { return fs.createWriteStream(null, { ...options, fd: this.#fd }); }
  readLines(options) { return require('readline').createInterface({ input: this.createReadStream(options), crlfDelay: Infinity }); }
  async [Symbol.asyncDispose ?? Symbol.for('asyncDispose')]() { await this.close(); }
}

const promises = { constants: fs.constants, open: (...values) => later(() => new FileHandle(fs.openSync(...values))) };
for (const name of ['access', 'appendFile', 'chmod', 'chown', 'copyFile', 'cp', 'lchown', 'link', 'lstat', 'lutimes', 'mkdir', 'mkdtemp', 'opendir', 'readdir',
  'readFile', 'readlink', 'realpath', 'rename', 'rm', 'rmdir', 'stat', 'symlink', 'truncate', 'unlink', 'utimes', 'writeFile'])
  promises[name] = { [name]: (file, ...values) => later(() => fs[`${name}Sync`](file instanceof FileHandle ? file.fd : file, ...values)) }[name];
const { writeFile } = promises;
promises.writeFile = async (file, data, options) => {
  if (data !== null && typeof data === 'object' && !ArrayBuffer.isView(data) && (data[Symbol.asyncIterator] || data[Symbol.iterator])) {
    const chunks = [];
    for await (const chunk of data) chunks.push(Buffer.from(chunk));
    data = Buffer.concat(chunks);
  }
  return writeFile(file, data, options);
};
promises.glob = async function* (pattern, options) { yield* fs.globSync(pattern, options); };
module.exports = promises;
