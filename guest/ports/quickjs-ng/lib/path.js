// path: POSIX paths.
'use strict';

const { stringArgument, invalidArgument } = require('internal/errors');

// Resolves "." and ".." in the part of a path behind its root.
function squeeze(text, absolute) {
  const kept = [];
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length && kept.at(-1) !== '..') kept.pop();
    else if (!absolute) kept.push('..');
  }
  return kept.join('/');
}

function resolve(...paths) {
  let resolved = '';
  for (let i = paths.length - 1; i >= -1 && !resolved.startsWith('/'); i--) {
    const part = i >= 0 ? stringArgument(paths[i], `paths[${i}]`) : process.cwd();
    if (part !== '') resolved = resolved ? `${part}/${resolved}` : part;
  }
  return `/${squeeze(resolved, true)}`;
}

function normalize(path) {
  stringArgument(path, 'path');
  if (path === '') return '.';
  const absolute = path.startsWith('/');
  let result = squeeze(path, absolute);
  if (!result && !absolute) result = '.';
  if (result && path.endsWith('/')) result += '/';
  return absolute ? `/${result}` : result;
}

function join(...paths) {
  const parts = paths.map((part) => stringArgument(part, 'path')).filter((part) => part !== '');
  return parts.length ? normalize(parts.join('/')) : '.';
}

function relative(from, to) {
  stringArgument(from, 'from');
  stringArgument(to, 'to');
  if (from === to) return '';
  const source = resolve(from).split('/').filter(Boolean), target = resolve(to).split('/').filter(Boolean);
  let same = 0;
  while (same < source.length && same < target.length && source[same] === target[same]) same++;
  return [...source.slice(same).map(() => '..'), ...target.slice(same)].join('/');
}

function dirname(path) {
  stringArgument(path, 'path');
  const trimmed = path.replace(/(?<=.)\/+$/, '');
  const at = trimmed.lastIndexOf('/');
  if (at === -1) return '.';
  return at === 0 ? (path.startsWith('//') && trimmed.length > 1 && path.lastIndexOf('/', 1) === 1 && at === 1 ? '//' : '/') : trimmed.slice(0, at).replace(/(?<=.)\/+$/, '') || '/';
}

function basename(path, suffix) {
  stringArgument(path, 'path');
  if (suffix !== undefined) stringArgument(suffix, 'suffix');
  const base = path.replace(/\/+$/, '').replace(/^.*\//s, '');
  return suffix !== undefined && base !== suffix && base.endsWith(suffix) ? base.slice(0, base.length - suffix.length) : base;
}

function extname(path) {
  const base = basename(path), at = base.lastIndexOf('.');
  return at <= 0 || base === '..' ? '' : base.slice(at);
}

function parse(path) {
  stringArgument(path, 'path');
  const root = path.startsWith('/') ? '/' : '', base = basename(path), ext = extname(path);
  const trimmed = path.replace(/\/+$/, ''), at = trimmed.lastIndexOf('/');
  const dir = at === -1 ? (root && !base ? '/' : '') : at === 0 ? '/' : trimmed.slice(0, at);
  return { root, dir, base, ext, name: ext ? base.slice(0, base.length - ext.length) : base };
}

function format(parts) {
  if (parts === null || typeof parts !== 'object') throw invalidArgument('pathObject', 'of type object', parts);
  const ext = parts.ext ? (parts.ext.startsWith('.') ? parts.ext : `.${parts.ext}`) : '';
  const dir = parts.dir || parts.root, base = parts.base || `${parts.name || ''}${ext}`;
  if (!dir) return base;
  return dir === parts.root ? `${dir}${base}` : `${dir}/${base}`;
}

function matchesGlob(path, pattern) {
  return require('fs').globToRegExp(pattern).test(path);
}

module.exports = {
  resolve, normalize, isAbsolute: (path) => stringArgument(path, 'path').startsWith('/'), join, relative, toNamespacedPath: (path) => path,
  dirname, basename, extname, format, parse, matchesGlob, sep: '/', delimiter: ':', win32: null, posix: null,
};
module.exports.posix = module.exports;
