// Errors as Node's library words them: system errors by number, and errors with a code.
'use strict';

const SYSTEM = {
  EPERM: [1, 'operation not permitted'], ENOENT: [2, 'no such file or directory'], ESRCH: [3, 'no such process'],
  EINTR: [4, 'interrupted system call'], EIO: [5, 'i/o error'], ENXIO: [6, 'no such device or address'],
  E2BIG: [7, 'argument list too long'], ENOEXEC: [8, 'exec format error'], EBADF: [9, 'bad file descriptor'],
  ECHILD: [10, 'no child processes'], EAGAIN: [11, 'resource temporarily unavailable'], ENOMEM: [12, 'not enough memory'],
  EACCES: [13, 'permission denied'], EFAULT: [14, 'bad address in system call argument'], EBUSY: [16, 'resource busy or locked'],
  EEXIST: [17, 'file already exists'], EXDEV: [18, 'cross-device link not permitted'], ENODEV: [19, 'no such device'],
  ENOTDIR: [20, 'not a directory'], EISDIR: [21, 'illegal operation on a directory'], EINVAL: [22, 'invalid argument'],
  ENFILE: [23, 'file table overflow'], EMFILE: [24, 'too many open files'], ENOTTY: [25, 'inappropriate ioctl for device'],
  ETXTBSY: [26, 'text file is busy'], EFBIG: [27, 'file too large'], ENOSPC: [28, 'no space left on device'],
  ESPIPE: [29, 'invalid seek'], EROFS: [30, 'read-only file system'], EMLINK: [31, 'too many links'], EPIPE: [32, 'broken pipe'],
  ERANGE: [34, 'result too large'], ENAMETOOLONG: [36, 'name too long'], ENOSYS: [38, 'function not implemented'],
  ENOTEMPTY: [39, 'directory not empty'], ELOOP: [40, 'too many symbolic links encountered'],
  EOVERFLOW: [75, 'value too large for defined data type'], EADDRINUSE: [98, 'address already in use'],
  ECONNREFUSED: [111, 'connection refused'], ETIMEDOUT: [110, 'connection timed out'], EDQUOT: [122, 'disk quota exceeded'],
};
const byNumber = new Map(Object.entries(SYSTEM).map(([code, [number, text]]) => [number, [code, text]]));

function systemError(result, syscall, path, dest) {
  const [code, text] = byNumber.get(-result) ?? [`Unknown system error ${result}`, `Unknown system error ${result}`];
  let message = `${code}: ${text}, ${syscall}`;
  if (path !== undefined) message += ` '${path}'`;
  if (dest !== undefined) message += ` -> '${dest}'`;
  const error = new Error(message);
  error.errno = result;
  error.code = code;
  error.syscall = syscall;
  if (path !== undefined) error.path = path;
  if (dest !== undefined) error.dest = dest;
  return error;
}

// The result of a native, or its error thrown.
function check(result, syscall, path, dest) {
  if (typeof result === 'number' && result < 0) throw systemError(result, syscall, path, dest);
  return result;
}

function coded(Base, code, message) {
  const error = new Base(message);
  Object.defineProperty(error, 'code', { value: code, enumerable: true, writable: true, configurable: true });
  const named = `${error.name} [${code}]`;
  if (typeof error.stack === 'string') error.stack = error.stack.replace(error.name, named);
  return error;
}

function describe(value) {
  if (value == null) return ` Received ${value}`;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') {
    if (value.constructor?.name) return ` Received an instance of ${value.constructor.name}`;
    return ` Received ${require('internal/inspect').inspect(value, { depth: -1 })}`;
  }
  let text = require('internal/inspect').inspect(value, { colors: false });
  if (text.length > 28) text = `${text.slice(0, 25)}...`;
  return ` Received type ${typeof value} (${text})`;
}

function invalidArgument(name, expected, value) {
  const kind = name.includes('.') ? 'property' : 'argument';
  return coded(TypeError, 'ERR_INVALID_ARG_TYPE', `The "${name}" ${kind} must be ${expected}.${describe(value)}`);
}

function outOfRange(name, range, value) {
  let text = typeof value === 'number' && Math.abs(value) > 2 ** 32 ? String(value).replace(/\B(?=(\d{3})+$)/g, '_') : String(value);
  if (typeof value === 'bigint') text += 'n';
  return coded(RangeError, 'ERR_OUT_OF_RANGE', `The value of "${name}" is out of range. It must be ${range}. Received ${text}`);
}

function stringArgument(value, name) {
  if (typeof value !== 'string') throw invalidArgument(name, 'of type string', value);
  return value;
}

function functionArgument(value, name) {
  if (typeof value !== 'function') throw invalidArgument(name, 'of type function', value);
  return value;
}

module.exports = { SYSTEM, byNumber, systemError, check, coded, invalidArgument, outOfRange, stringArgument, functionArgument };
