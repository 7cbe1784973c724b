// url: URL and URLSearchParams (the WHATWG standard, without IDNA), file URLs, and the old url.parse.
'use strict';

const { coded, invalidArgument } = require('internal/errors');
const { inspect } = require('internal/inspect');

// What URL and its search parameters tell each other.
const kQuery = Symbol('query'), kRead = Symbol('read');
const PORTS = { 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443', 'ftp:': '21', 'file:': '' };
const isSpecial = (scheme) => Object.hasOwn(PORTS, scheme);

// Percent-encode sets, beyond controls and what is not ASCII.
const SETS = { fragment: ' "<>`', query: ' "#<>', specialQuery: ' "#<>\'', path: ' "#<>?`{}', user: ' "#<>?`{}/:;=@[\\]^|' };
function encodeSet(text, set) {
  let result = '';
  for (const character of text) {
    const code = character.codePointAt(0);
    if (code > 0x20 && code < 0x7f && !set.includes(character)) result += character;
    else for (const byte of native.encode(character)) result += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return result;
}

function decodePercent(text) {
  const bytes = [];
  const raw = native.encode(text);
  for (let i = 0; i < raw.length; i++) {
    const hex = raw[i] === 37 ? String.fromCharCode(raw[i + 1], raw[i + 2]) : '';
    if (/^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(parseInt(hex, 16));
      i += 2;
    } else {
      bytes.push(raw[i]);
    }
  }
  return native.decode(Uint8Array.from(bytes), 0, Infinity, false);
}

function invalid(input, base) {
  const error = coded(TypeError, 'ERR_INVALID_URL', 'Invalid URL');
  error.input = input;
  if (base !== undefined) error.base = base;
  return error;
}

function parseIPv4(host) {
  const parts = host.split('.');
  if (parts.at(-1) === '' && parts.length > 1) parts.pop();
  if (!/^(0x[0-9a-f]*|\d+)$/i.test(parts.at(-1))) return undefined;
  const numbers = parts.map((part) => (/^0x[0-9a-f]*$/i.test(part) ? parseInt(part.slice(2) || '0', 16) : /^0[0-7]+$/.test(part) ? parseInt(part, 8) : /^\d+$/.test(part) ? Number(part) : NaN));
  if (parts.length > 4 || numbers.some(Number.isNaN) || numbers.slice(0, -1).some((n) => n > 255) || numbers.at(-1) >= 256 ** (5 - parts.length)) throw invalid(host);
  let value = numbers.pop();
  numbers.forEach((number, i) => { value += number * 256 ** (3 - i); });
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function parseIPv6(text) {
  const last = text.lastIndexOf(':'), tail = text.slice(last + 1);
  if (tail.includes('.')) {
    const numbers = tail.split('.').map(Number);
    if (numbers.length !== 4 || numbers.some((n) => !(n >= 0 && n < 256))) throw invalid(text);
    text = `${text.slice(0, last + 1)}${(numbers[0] * 256 + numbers[1]).toString(16)}:${(numbers[2] * 256 + numbers[3]).toString(16)}`;
  }
  const [head, rest, more] = text.split('::');
  if (more !== undefined) throw invalid(text);
  const groups = (part) => (part ? part.split(':') : []);
  const left = groups(head), right = rest === undefined ? [] : groups(rest);
  if (rest === undefined ? left.length !== 8 : left.length + right.length > 7) throw invalid(text);
  const all = [...left, ...new Array(8 - left.length - right.length).fill('0'), ...right];
  if (all.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) throw invalid(text);
  const short = all.map((group) => parseInt(group, 16).toString(16));
  let best = [0, 0];
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (short[i + length] === '0') length++;
    if (length > Math.max(1, best[1])) best = [i, length];
  }
  if (!best[1]) return `[${short.join(':')}]`;
  return `[${short.slice(0, best[0]).join(':')}::${short.slice(best[0] + best[1]).join(':')}]`;
}

function parseHost(text, special, input) {
  if (text.startsWith('[')) {
    if (!text.endsWith(']')) throw invalid(input);
    return parseIPv6(text.slice(1, -1));
  }
  if (!special) {
    if (/[\0\t\n\r #/:<>?@[\\\]^|]/.test(text)) throw invalid(input);
    return encodeSet(text, '');
  }
  const host = decodePercent(text).toLowerCase();
  if (host === '' || /[\0-\x20"#%/:<>?@[\\\]^`{|}\x7f]/.test(host)) throw invalid(input);
  if (/[^\0-\x7f]/.test(host)) return host.normalize('NFC').split('.').map((label) => (/[^\0-\x7f]/.test(label) ? `xn--${require('punycode').encode(label)}` : label)).join('.');
  return parseIPv4(host) ?? host;
}

// Resolves the dots of a path's segments.
function segmentsOf(path, special, base = []) {
  const result = [...base], parts = path.split(special ? /[/\\]/ : '/');
  parts.forEach((part, i) => {
    const isLast = i === parts.length - 1;
    if (/^(\.|%2e)$/i.test(part)) {
      if (isLast) result.push('');
    } else if (/^(\.|%2e){2}$/i.test(part)) {
      result.pop();
      if (isLast) result.push('');
    } else {
      result.push(encodeSet(part, SETS.path));
    }
  });
  return result;
}

function parse(input, base) {
  const text = input.replace(/^[\0-\x20]+|[\0-\x20]+$/g, '').replace(/[\t\n\r]/g, '');
  const [, scheme, afterScheme] = /^([a-zA-Z][a-zA-Z0-9+.-]*:)(.*)$/s.exec(text) ?? [];
  const record = { scheme: '', user: '', password: '', host: null, port: '', path: [], opaque: null, query: null, fragment: null };
  let rest = afterScheme ?? text;
  const cut = (mark) => {
    const at = rest.indexOf(mark);
    if (at === -1) return null;
    const part = rest.slice(at + 1);
    rest = rest.slice(0, at);
    return part;
  };
  const fragment = cut('#');
  if (fragment !== null) record.fragment = encodeSet(fragment, SETS.fragment);
  record.scheme = scheme?.toLowerCase() ?? '';
  const relative = !scheme || (base && record.scheme === base.scheme && isSpecial(record.scheme) && !/^[/\\]{2}/.test(rest) && record.scheme !== 'file:');
  if (!scheme && !base) throw invalid(input);
  if (relative) record.scheme = base.scheme;
  const special = isSpecial(record.scheme);
  if (!scheme && base.opaque !== null) {
    if (rest !== '' || fragment === null) throw invalid(input);
    return { ...base, fragment: record.fragment };
  }
  const query = cut('?');
  if (query !== null) record.query = encodeSet(query, special ? SETS.specialQuery : SETS.query);
  const slashes = special ? /^[/\\]{2}/ : /^\/\//;
  if (slashes.test(rest) || (special && !relative && record.scheme !== 'file:')) {
    rest = special && record.scheme !== 'file:' ? rest.replace(/^[/\\]*/, '') : rest.slice(2);
    const end = rest.search(special ? /[/\\]/ : /\//);
    let authority = end === -1 ? rest : rest.slice(0, end);
    const path = end === -1 ? '' : rest.slice(end + 1);
    const at = authority.lastIndexOf('@');
    if (at !== -1) {
      const [user, ...password] = authority.slice(0, at).split(':');
      record.user = encodeSet(user, SETS.user);
      record.password = encodeSet(password.join(':'), SETS.user);
      authority = authority.slice(at + 1);
      if (authority === '') throw invalid(input);
    }
    const [, host, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority) ?? [];
    if (host === undefined) throw invalid(input);
    if (host === '' && special && record.scheme !== 'file:') throw invalid(input);
    record.host = host === '' ? '' : parseHost(host, special, input);
    if (record.scheme === 'file:' && record.host === 'localhost') record.host = '';
    if (port) {
      if (Number(port) > 65535) throw invalid(input);
      record.port = String(Number(port)) === PORTS[record.scheme] ? '' : String(Number(port));
    }
    record.path = end === -1 ? (special ? [''] : []) : segmentsOf(path, special);
    return record;
  }
  if (relative || (record.scheme === 'file:' && base?.scheme === 'file:')) {
    Object.assign(record, { user: base.user, password: base.password, host: base.host, port: base.port });
    if (rest === '') {
      record.path = [...base.path];
      if (query === null) record.query = base.query;
    } else if (/^[/\\]/.test(rest) && (special || rest[0] === '/')) {
      record.path = segmentsOf(rest.slice(1), special);
    } else {
      record.path = segmentsOf(rest, special, base.path.slice(0, -1));
    }
    return record;
  }
  if (record.scheme === 'file:') {
    record.host = '';
    record.path = segmentsOf(rest.replace(/^[/\\]/, ''), true);
  } else if (rest.startsWith('/')) {
    record.path = segmentsOf(rest.slice(1), false);
  } else {
    record.opaque = encodeSet(rest, '').replaceAll('%20', ' ');
  }
  return record;
}

const pathnameOf = (record) => record.opaque ?? (record.path.length ? `/${record.path.join('/')}` : '');
function serialize(record, withFragment = true) {
  let text = record.scheme;
  if (record.host !== null) {
    text += '//';
    if (record.user || record.password) text += `${record.user}${record.password ? `:${record.password}` : ''}@`;
    text += record.host + (record.port ? `:${record.port}` : '');
  } else if (record.opaque === null && record.path.length > 1 && record.path[0] === '') {
    text += '/.';
  }
  text += pathnameOf(record);
  if (record.query !== null) text += `?${record.query}`;
  if (withFragment && record.fragment !== null) text += `#${record.fragment}`;
  return text;
}

const encodeForm = (text) => encodeSet(text, '!"#$%&\'()+,/:;<=>?@[\\]^`{|}~ ').replaceAll('%20', '+');
const decodeForm = (text) => decodePercent(text.replaceAll('+', ' '));

class URLSearchParams {
  #list = []; #url;
  constructor(init = '', url) {
    this.#url = url instanceof URL ? url : undefined;
    if (init === null || init === undefined) return;
    if (typeof init === 'object' || typeof init === 'function') {
      if (typeof init[Symbol.iterator] === 'function') {
        for (const pair of init) {
          const [name, value, ...more] = pair ?? [];
          if (pair === null || typeof pair !== 'object' || value === undefined || more.length) throw coded(TypeError, 'ERR_INVALID_TUPLE', 'Each query pair must be an iterable [name, value] tuple');
          this.#list.push([`${name}`, `${value}`]);
        }
      } else {
        for (const key of Reflect.ownKeys(init)) if (Object.getOwnPropertyDescriptor(init, key)?.enumerable) this.#list.push([`${key}`, `${init[key]}`]);
      }
    } else {
      this.#read(`${init}`.replace(/^\?/, ''));
    }
  }
  #read(text) {
    this.#list = text.split('&').filter(Boolean).map((part) => {
      const at = part.indexOf('=');
      return at === -1 ? [decodeForm(part), ''] : [decodeForm(part.slice(0, at)), decodeForm(part.slice(at + 1))];
    });
  }
  #changed() { this.#url?.[kQuery](this.toString()); }
  [kRead](text) { this.#read(text); }
  append(name, value) { this.#list.push([`${name}`, `${value}`]); this.#changed(); }
  delete(name, value) {
    this.#list = this.#list.filter(([key, item]) => key !== `${name}` || (value !== undefined && item !== `${value}`));
    this.#changed();
  }
  get(name) { return this.#list.find(([key]) => key === `${name}`)?.[1] ?? null; }
  getAll(name) { return this.#list.filter(([key]) => key === `${name}`).map(([, value]) => value); }
  has(name, value) { return this.#list.some(([key, item]) => key === `${name}` && (value === undefined || item === `${value}`)); }
  set(name, value) {
    const at = this.#list.findIndex(([key]) => key === `${name}`);
    if (at === -1) this.#list.push([`${name}`, `${value}`]);
    else {
      this.#list[at][1] = `${value}`;
      this.#list = this.#list.filter(([key], i) => i <= at || key !== `${name}`);
    }
    this.#changed();
  }
  sort() {
    this.#list.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#changed();
  }
  forEach(callback, self) { for (const [name, value] of this.#list) callback.call(self, value, name, this); }
  *entries() { for (const pair of this.#list) yield [...pair]; }
  *keys() { for (const [name] of this.#list) yield name; }
  *values() { for (const [, value] of this.#list) yield value; }
  [Symbol.iterator]() { return this.entries(); }
  get size() { return this.#list.length; }
  toString() { return this.#list.map(([name, value]) => `${encodeForm(name)}=${encodeForm(value)}`).join('&'); }
  [inspect.custom](depth, options) {
    if (depth < 0) return '[Object]';
    return this.#list.length ? `URLSearchParams { ${this.#list.map(([name, value]) => `${inspect(name, options)} => ${inspect(value, options)}`).join(', ')} }` : 'URLSearchParams {}';
  }
}
Object.defineProperty(URLSearchParams.prototype, Symbol.toStringTag, { value: 'URLSearchParams', configurable: true });

class URL {
  #record; #params;
  constructor(input, base) {
    if (arguments.length === 0) throw coded(TypeError, 'ERR_MISSING_ARGS', 'The "url" argument must be specified');
    try {
      this.#record = parse(`${input}`, base === undefined ? undefined : parse(`${base}`));
    } catch (error) {
      throw error.code === 'ERR_INVALID_URL' ? invalid(`${input}`, base === undefined ? undefined : `${base}`) : error;
    }
  }
  static canParse(input, base) { return URL.parse(input, base) !== null; }
  static parse(input, base) {
    try {
      return new URL(input, base);
    } catch {
      return null;
    }
  }
  [kQuery](text) { this.#record.query = text || null; }
  // Applies a change, and drops it where the result would be no URL.
  #change(make) {
    try {
      const changed = make();
      if (changed) this.#record = changed;
    } catch { /* as the standard says: nothing happens */ }
  }
  get href() { return serialize(this.#record); }
  set href(value) {
    this.#record = parse(`${value}`);
    this.#params?.[kRead](this.#record.query ?? '');
  }
  get origin() { return isSpecial(this.#record.scheme) && this.#record.scheme !== 'file:' ? `${this.#record.scheme}//${this.host}` : 'null'; }
  get protocol() { return this.#record.scheme; }
  set protocol(value) {
    const [scheme] = /^[a-z][a-z0-9+.-]*/i.exec(value) ?? [];
    if (scheme && isSpecial(`${scheme.toLowerCase()}:`) === isSpecial(this.#record.scheme)) this.#change(() => parse(`${scheme}:${serialize(this.#record).slice(this.#record.scheme.length)}`));
  }
  get username() { return this.#record.user; }
  set username(value) { if (this.#record.host) this.#record.user = encodeSet(`${value}`, SETS.user); }
  get password() { return this.#record.password; }
  set password(value) { if (this.#record.host) this.#record.password = encodeSet(`${value}`, SETS.user); }
  get host() { return (this.#record.host ?? '') + (this.#record.port ? `:${this.#record.port}` : ''); }
  set host(value) {
    this.#change(() => {
      const { host, port } = parse(`${this.#record.scheme}//${value}`);
      return { ...this.#record, host, port: port || (/:\d+/.test(value) ? '' : this.#record.port) };
    });
  }
  get hostname() { return this.#record.host ?? ''; }
  set hostname(value) { this.#change(() => ({ ...this.#record, host: parse(`${this.#record.scheme}//${value}`).host })); }
  get port() { return this.#record.port; }
  set port(value) {
    const [digits] = /^\d*/.exec(`${value}`);
    if (`${value}` === '') this.#record.port = '';
    else if (digits && Number(digits) < 65536) this.#record.port = String(Number(digits)) === PORTS[this.#record.scheme] ? '' : String(Number(digits));
  }
  get pathname() { return pathnameOf(this.#record); }
  set pathname(value) { if (this.#record.opaque === null) this.#record.path = segmentsOf(`${value}`.replace(/^[/\\]/, ''), isSpecial(this.#record.scheme)).map((part) => part.replaceAll('?', '%3F').replaceAll('#', '%23')); }
  get search() { return this.#record.query ? `?${this.#record.query}` : ''; }
  set search(value) {
    const text = `${value}`.replace(/^\?/, '');
    this.#record.query = text === '' ? null : encodeSet(text, isSpecial(this.#record.scheme) ? SETS.specialQuery : SETS.query);
    this.#params?.[kRead](text);
  }
  get searchParams() { return (this.#params ??= new URLSearchParams(this.#record.query ?? '', this)); }
  get hash() { return this.#record.fragment ? `#${this.#record.fragment}` : ''; }
  set hash(value) {
    const text = `${value}`.replace(/^#/, '');
    this.#record.fragment = text === '' ? null : encodeSet(text, SETS.fragment);
  }
  toString() { return this.href; }
  toJSON() { return this.href; }
  [inspect.custom](depth, options) {
    if (depth < 0) return this.href;
    const shown = {};
    for (const name of ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'searchParams', 'hash']) shown[name] = this[name];
    return `${this.constructor.name} ${inspect(shown, options)}`;
  }
}
Object.defineProperty(URL.prototype, Symbol.toStringTag, { value: 'URL', configurable: true });
for (const name of ['toString', 'href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'searchParams', 'hash', 'toJSON']) Object.defineProperty(URL.prototype, name, { enumerable: true });

function fileURLToPath(value) {
  if (typeof value !== 'string' && !(value instanceof URL)) throw invalidArgument('path', 'of type string or an instance of URL', value);
  const url = typeof value === 'string' ? new URL(value) : value;
  if (url.protocol !== 'file:') throw coded(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
  if (url.hostname !== '') throw coded(TypeError, 'ERR_INVALID_FILE_URL_HOST', 'File URL host must be "localhost" or empty on linux');
  if (/%2f/i.test(url.pathname)) throw coded(TypeError, 'ERR_INVALID_FILE_URL_PATH', 'File URL path must not include encoded / characters');
  return decodePercent(url.pathname);
}

function pathToFileURL(file) {
  const { resolve } = require('path');
  const full = resolve(file) + (file.endsWith('/') && file.length > 1 ? '/' : '');
  return new URL(`file://${full.replace(/[%\\\n\r\t?#]/g, (c) => encodeURIComponent(c))}`);
}

function Url() {
  for (const name of ['protocol', 'slashes', 'auth', 'host', 'port', 'hostname', 'hash', 'search', 'query', 'pathname', 'path', 'href']) this[name] = null;
}
function legacyParse(text, withQuery = false) {
  const result = new Url();
  const [, protocol, slashes, auth, hostname, port, pathname, search, hash] =
    /^([a-zA-Z][a-zA-Z0-9+.-]*:)?(\/\/)?(?:(?<=\/\/)([^/@?#]*)@)?((?<=\/\/(?:[^/]*@)?)[^/:?#]*)?(?::(\d+))?([^?#]*)?(\?[^#]*)?(#.*)?$/s.exec(text.trim()) ?? [];
  Object.assign(result, { protocol: protocol?.toLowerCase() ?? null, slashes: slashes ? true : null, auth: auth ? decodePercent(auth) : null, hostname: slashes ? (hostname ?? '').toLowerCase() : null, port: port ?? null,
    hash: hash ?? null, search: search ?? (withQuery ? '' : null), pathname: pathname || (slashes && protocol && isSpecial(protocol.toLowerCase()) ? '/' : null) });
  result.host = slashes ? result.hostname + (port ? `:${port}` : '') : null;
  result.query = withQuery ? require('querystring').parse((search ?? '').slice(1)) : search ? search.slice(1) : null;
  result.path = result.pathname || search ? (result.pathname ?? '') + (search ?? '') : null;
  result.href = legacyFormat(result);
  return result;
}
function legacyFormat(parts) {
  if (typeof parts === 'string') return legacyParse(parts).href;
  if (parts instanceof URL) return parts.href;
  let { protocol = '', search, hash } = parts;
  protocol ??= '';
  if (protocol && !protocol.endsWith(':')) protocol += ':';
  let host = parts.host ?? (parts.hostname ? parts.hostname + (parts.port ? `:${parts.port}` : '') : '');
  if (parts.auth) host = `${encodeURIComponent(parts.auth).replaceAll('%3A', ':')}@${host}`;
  if (search == null && parts.query && typeof parts.query === 'object') search = require('querystring').stringify(parts.query);
  if (search && !search.startsWith('?')) search = `?${search}`;
  if (hash && !hash.startsWith('#')) hash = `#${hash}`;
  const slashes = parts.slashes || (isSpecial(protocol) && host);
  return `${protocol}${slashes ? '//' : ''}${host}${slashes && parts.pathname && !parts.pathname.startsWith('/') ? '/' : ''}${parts.pathname ?? ''}${search ?? ''}${hash ?? ''}`;
}

module.exports = {
  URL, URLSearchParams, fileURLToPath, pathToFileURL, parse: legacyParse, format: legacyFormat, Url,
  resolve(from, to) {
    try {
      return new URL(to, from).href;
    } catch {
      const made = new URL(to, new URL(from, 'resolve://x'));
      return made.protocol === 'resolve:' ? made.pathname + made.search + made.hash : made.href;
    }
  },
  domainToASCII: (domain) => (URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : ''), domainToUnicode: (domain) => domain,
  urlToHttpOptions: (url) => ({ protocol: url.protocol, hostname: url.hostname, hash: url.hash, search: url.search, pathname: url.pathname, path: url.pathname + url.search, href: url.href, ...(url.port ? { port: Number(url.port) } : {}) }),
};
