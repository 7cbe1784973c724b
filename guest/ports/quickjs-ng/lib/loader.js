// Modules: resolution, require, import, package.json; and the command line that starts the first of them.
'use strict';

const path = require('path');
const { check, coded } = require('internal/errors');
const loop = require('internal/loop');
const url = () => require('url');

const DIRECTORY = 0o040000, TYPE = 0o170000;
const packages = new Map();

function typeOf(file) {
  const found = native.stat(file, false);
  return Array.isArray(found) ? ((found[1] & TYPE) === DIRECTORY ? 'directory' : 'file') : undefined;
}

function readPackage(directory) {
  if (packages.has(directory)) return packages.get(directory);
  const file = path.join(directory, 'package.json'), text = native.readText(file);
  let found = null;
  if (typeof text === 'string') {
    try {
      found = JSON.parse(text);
    } catch (error) {
      throw coded(Error, 'ERR_INVALID_PACKAGE_CONFIG', `Invalid package config ${file}. ${error.message}`);
    }
  }
  packages.set(directory, found);
  return found;
}

function packageOf(file) {
  for (let directory = path.dirname(file); ; directory = path.dirname(directory)) {
    const found = path.basename(directory) === 'node_modules' ? null : readPackage(directory);
    if (found) return { directory, data: found };
    if (directory === path.dirname(directory)) return undefined;
  }
}

// "module", "commonjs", "json" or "unknown": a .js file whose package.json says nothing.
function formatOf(file) {
  if (file.endsWith('.mjs')) return 'module';
  if (file.endsWith('.cjs')) return 'commonjs';
  if (file.endsWith('.json')) return 'json';
  const type = packageOf(file)?.data.type;
  return type === 'module' ? (file.endsWith('.js') || !path.extname(file) ? 'module' : 'commonjs') : type === 'commonjs' ? 'commonjs' : 'unknown';
}

// The value that package.json's "exports" (or "imports") has for a subpath, under conditions.
function target(value, conditions, star) {
  if (typeof value === 'string') return star === undefined ? value : value.replaceAll('*', star);
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = target(item, conditions, star);
      if (found !== undefined) return found;
    }
  } else if (value && typeof value === 'object') {
    for (const [condition, item] of Object.entries(value)) {
      if (condition !== 'default' && !conditions.includes(condition)) continue;
      const found = target(item, conditions, star);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function mapped(table, key, conditions) {
  if (key in table) return target(table[key], conditions);
  let best;
  for (const pattern of Object.keys(table)) {
    const [before, after] = pattern.split('*');
    if (after === undefined || !key.startsWith(before) || !key.endsWith(after) || key.length < pattern.length) continue;
    if (!best || before.length > best.before.length) best = { before, after, pattern };
  }
  if (!best) return undefined;
  return target(table[best.pattern], conditions, key.slice(best.before.length, key.length - best.after.length));
}

function exported(directory, data, subpath, conditions, specifier) {
  let table = data.exports;
  if (typeof table === 'string' || Array.isArray(table) || !Object.keys(table).some((key) => key.startsWith('.'))) table = { '.': table };
  const found = mapped(table, subpath, conditions);
  if (found) return path.join(directory, found);
  throw coded(Error, 'ERR_PACKAGE_PATH_NOT_EXPORTED', subpath === '.' ? `No "exports" main defined in ${directory}/package.json`
    : `Package subpath '${subpath}' is not defined by "exports" in ${directory}/package.json`);
}

function asFile(file) {
  for (const name of [file, `${file}.js`, `${file}.json`, `${file}.cjs`]) if (typeOf(name) === 'file') return name;
  return undefined;
}

function asDirectory(directory) {
  const main = readPackage(directory)?.main;
  if (main) {
    const found = asFile(path.resolve(directory, main)) ?? asFile(path.resolve(directory, main, 'index'));
    if (found) return found;
  }
  return asFile(path.join(directory, 'index'));
}

function nodeModulesPaths(from) {
  const list = [];
  for (let directory = path.resolve(from); ; directory = path.dirname(directory)) {
    if (path.basename(directory) !== 'node_modules') list.push(path.join(directory, 'node_modules'));
    if (directory === path.dirname(directory)) return list;
  }
}

function fromPackages(specifier, from, conditions) {
  const [, name, rest] = /^(@[^/]+\/[^/]+|[^/]+)(\/.*)?$/.exec(specifier) ?? [];
  if (!name) return undefined;
  const self = packageOf(path.join(from, 'x'));
  if (self?.data.name === name && self.data.exports) return exported(self.directory, self.data, `.${rest ?? ''}`, conditions, specifier);
  const places = nodeModulesPaths(from);
  if (process.env.NODE_PATH) places.push(...process.env.NODE_PATH.split(':').filter(Boolean));
  for (const place of places) {
    const directory = path.join(place, name);
    if (typeOf(directory) === 'directory') {
      const data = readPackage(directory);
      if (data?.exports != null) return exported(directory, data, `.${rest ?? ''}`, conditions, specifier);
      const found = rest ? asFile(directory + rest) ?? asDirectory(directory + rest) : asDirectory(directory);
      if (found) return found;
    } else {
      const found = asFile(path.join(place, specifier));
      if (found) return found;
    }
  }
  return undefined;
}

function real(file) {
  const found = native.realpath(file);
  return typeof found === 'string' ? found : file;
}

const REQUIRE = ['node', 'require', 'module-sync', 'node-addons'], IMPORT = ['node', 'import', 'module-sync', 'node-addons'];

function imported(specifier, from, conditions) {
  const scope = packageOf(path.join(from, 'x'));
  const found = scope?.data.imports && mapped(scope.data.imports, specifier, conditions);
  if (!found) throw coded(TypeError, 'ERR_PACKAGE_IMPORT_NOT_DEFINED', `Package import specifier "${specifier}" is not defined imported from ${from}`);
  return found.startsWith('.') ? path.join(scope.directory, found) : found;
}

function resolveRequire(specifier, from, parent) {
  let found;
  if (native.isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
  if (specifier.startsWith('node:')) throw coded(Error, 'ERR_UNKNOWN_BUILTIN_MODULE', `No such built-in module: ${specifier}`);
  if (specifier.startsWith('#')) specifier = imported(specifier, from, REQUIRE);
  if (native.isBuiltin(specifier)) return `node:${specifier.replace(/^node:/, '')}`;
  if (/^(\.{0,2}\/|\.{1,2}$)/.test(specifier)) {
    const file = path.resolve(from, specifier);
    found = (specifier.endsWith('/') || /(^|\/)\.{1,2}$/.test(specifier) ? undefined : asFile(file)) ?? (typeOf(file) === 'directory' ? asDirectory(file) : undefined);
  } else {
    found = fromPackages(specifier, from, REQUIRE);
    if (found && !typeOf(found)) found = undefined;
  }
  if (found) return real(found);
  const stack = [];
  for (let module = parent; module; module = module.parent) stack.push(module.filename ?? module.id);
  const error = new Error(`Cannot find module '${specifier}'${stack.length ? `\nRequire stack:\n- ${stack.join('\n- ')}` : ''}`);
  error.code = 'MODULE_NOT_FOUND';
  error.requireStack = stack;
  throw error;
}

// The name of a module for the engine: "node:fs" or an absolute path.
function resolveImport(specifier, base) {
  if (native.isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
  if (specifier.startsWith('node:')) throw coded(Error, 'ERR_UNKNOWN_BUILTIN_MODULE', `No such built-in module: ${specifier}`);
  if (specifier.startsWith('data:')) return specifier;
  if (base.startsWith('file:')) base = url().fileURLToPath(base);
  const from = base.startsWith('/') ? path.dirname(base) : process.cwd();
  let file;
  if (specifier.startsWith('#')) specifier = imported(specifier, from, IMPORT);
  if (specifier.startsWith('file:')) file = url().fileURLToPath(specifier);
  else if (/^(\.{0,2}\/|\.{1,2}$)/.test(specifier)) file = path.resolve(from, decodeURIComponent(specifier.replace(/[?#].*$/, '')));
  else file = fromPackages(specifier, from, IMPORT);
  const type = file && typeOf(file);
  if (type === 'file') return real(file);
  if (type === 'directory')
    throw coded(Error, 'ERR_UNSUPPORTED_DIR_IMPORT', `Directory import '${file}' is not supported resolving ES modules imported from ${base}`);
  const what = /^[./]|^file:/.test(specifier) ? 'module' : 'package';
  throw coded(Error, 'ERR_MODULE_NOT_FOUND', `Cannot find ${what} '${what === 'module' ? file : specifier}' imported from ${base || from}`);
}

class Module {
  constructor(id = '', parent) {
    Object.assign(this, { id, path: path.dirname(id), exports: {}, filename: null, loaded: false, children: [], paths: [] });
    Object.defineProperty(this, 'parent', { value: parent, configurable: true, writable: true });
    parent?.children?.push(this);
  }

  require(specifier) {
    return load(specifier, this);
  }

  _compile(source, filename) {
    source = source.replace(/^#!.*/, '');
    const compiled = native.evaluate(`(function (exports, require, module, __filename, __dirname) { ${source}\n})`, filename, 'script');
    return compiled.call(this.exports, this.exports, makeRequire(this), this, filename, path.dirname(filename));
  }

  load(filename) {
    this.filename = filename;
    this.paths = nodeModulesPaths(path.dirname(filename));
    (Module._extensions[path.extname(filename)] ?? Module._extensions['.js'])(this, filename);
    this.loaded = true;
  }
}

function readSource(file) {
  return check(native.readText(file), 'open', file);
}

// Is a source without a declared type an ES module? If it has the marks of one, and is no CommonJS.
function looksLikeModule(source) {
  if (!/^\s*(import|export)\b|;\s*(import|export)\b|\bawait\b|\bimport\.meta\b/m.test(source)) return false;
  try {
    native.evaluate(`(function (exports, require, module, __filename, __dirname) { ${source.replace(/^#!.*/, '')}\n})`, '', 'script');
    return false;
  } catch {
    return native.detectModule(source);
  }
}

function requireModule(module, filename) {
  const namespace = loop.settle(native.importModule(filename));
  module.exports = 'module.exports' in namespace ? namespace['module.exports'] : namespace;
}

Module._extensions = {
  '.js'(module, filename) {
    const format = formatOf(filename);
    if (format === 'module') return requireModule(module, filename);
    const source = readSource(filename);
    try {
      module._compile(source, filename);
    } catch (error) {
      if (format !== 'unknown' || !(error instanceof SyntaxError) || !looksLikeModule(source)) throw error;
      requireModule(module, filename);
    }
  },
  '.json'(module, filename) {
    try {
      module.exports = JSON.parse(readSource(filename));
    } catch (error) {
      error.message = `${filename}: ${error.message}`;
      throw error;
    }
  },
  '.node'(module, filename) {
    throw coded(Error, 'ERR_DLOPEN_FAILED', `${filename}: js cannot load native add-ons`);
  },
};
Module._cache = Object.create(null);
Module._resolveFilename = (specifier, parent) => resolveRequire(specifier, parent?.filename ? path.dirname(parent.filename) : process.cwd(), parent);
Module._load = (specifier, parent) => load(specifier, parent);
Module._nodeModulePaths = nodeModulesPaths;
Module.builtinModules = native.builtinNames;
Module.isBuiltin = native.isBuiltin;
Module.Module = Module;
Module.createRequire = (file) => {
  const filename = file instanceof URL || String(file).startsWith('file:') ? url().fileURLToPath(file) : String(file);
  const module = new Module(filename);
  module.filename = filename;
  return makeRequire(module);
};
Module.globalPaths = [];
Module.wrap = (source) => `(function (exports, require, module, __filename, __dirname) { ${source}\n});`;
Module.syncBuiltinESMExports = () => {};

function load(specifier, parent) {
  if (typeof specifier !== 'string') throw require('internal/errors').invalidArgument('id', 'of type string', specifier);
  if (specifier === '') throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', "The argument 'id' must be a non-empty string. Received ''");
  const filename = Module._resolveFilename(specifier, parent);
  if (filename.startsWith('node:')) return require(filename.slice(5));
  const cached = Module._cache[filename];
  if (cached) return cached.exports;
  const module = new Module(filename, parent);
  Module._cache[filename] = module;
  try {
    module.load(filename);
  } catch (error) {
    delete Module._cache[filename];
    throw error;
  }
  return module.exports;
}

let mainModule;

function makeRequire(module) {
  const result = (specifier) => module.require(specifier);
  result.resolve = (specifier, options) => {
    if (!options?.paths) {
      const found = Module._resolveFilename(specifier, module);
      return found.startsWith('node:') && !specifier.startsWith('node:') ? specifier : found;
    }
    for (const place of options.paths) {
      try {
        return resolveRequire(specifier, path.resolve(place), module);
      } catch (error) {
        if (error.code !== 'MODULE_NOT_FOUND') throw error;
      }
    }
    return resolveRequire(specifier, '/nonexistent', module);
  };
  result.resolve.paths = (specifier) => (native.isBuiltin(specifier) ? null : nodeModulesPaths(path.dirname(module.filename)));
  result.main = mainModule;
  result.extensions = Module._extensions;
  result.cache = Module._cache;
  return result;
}

// Names that a CommonJS file probably exports, as Node finds them: by reading, not by running.
function probableExports(source) {
  const names = new Set();
  for (const [, , name] of source.matchAll(/\b(module\.)?exports\.([A-Za-z_$][\w$]*)\s*=(?!=)/g)) names.add(name);
  for (const [, name] of source.matchAll(/defineProperty\(\s*(?:module\.)?exports\s*,\s*['"]([^'"]+)['"]/g)) names.add(name);
  for (const [, body] of source.matchAll(/\bmodule\.exports\s*=\s*\{([^]*?)\}/g)) {
    for (const part of body.split(',')) {
      const found = /^\s*(?:async\s+)?(?:['"]([^'"]+)['"]|([A-Za-z_$][\w$]*))\s*(?::|\(|$)/.exec(part);
      if (!found) break; // a spread or something computed: Node stops here, too
      names.add(found[1] ?? found[2]);
    }
  }
  names.delete('default');
  return [...names];
}

function synthetic(names) {
  const lines = names.map((name, i) => `const _${i} = _module[${JSON.stringify(name)}]; export { _${i} as ${JSON.stringify(name)} };`);
  return `const _module = import.meta.load(); export default _module;\n${lines.join('\n')}`;
}

const commonJs = new Set(); // files that import sees as CommonJS or JSON

function sourceOf(name) {
  if (name.startsWith('node:')) return synthetic(Object.keys(require(name.slice(5))).filter((key) => key !== 'default'));
  if (name.startsWith('data:')) {
    const [, type, encoding, body] = /^data:([^,;]*)[^,]*?(;base64)?,(.*)$/s.exec(name) ?? [];
    const text = encoding ? Buffer.from(body, 'base64').toString() : decodeURIComponent(body ?? '');
    return type === 'application/json' ? `export default ${text};` : text;
  }
  const source = readSource(name), format = formatOf(name);
  if (format === 'json') {
    commonJs.add(name);
    return synthetic([]);
  }
  if (format === 'module' || (format === 'unknown' && looksLikeModule(source))) return source.replace(/^#!.*/, '');
  commonJs.add(name);
  return synthetic(probableExports(source));
}

native.setHooks({
  resolve: resolveImport,
  source: sourceOf,
  rejection: loop.rejection,
  meta(name, meta) {
    if (name.startsWith('node:')) {
      meta.load = () => require(name.slice(5));
    } else if (commonJs.has(name)) {
      meta.load = () => load(name, undefined);
    } else if (name.startsWith('/')) {
      meta.dirname = path.dirname(name);
      meta.filename = name;
      meta.url = url().pathToFileURL(name).href;
    } else {
      meta.url = name;
    }
    meta.resolve = (specifier) => {
      const found = resolveImport(specifier, name);
      return found.startsWith('/') ? url().pathToFileURL(found).href : found;
    };
  },
});

function runMain(file) {
  const found = asFile(file) ?? (typeOf(file) === 'directory' ? asDirectory(file) : undefined);
  if (!found) {
    const error = new Error(`Cannot find module '${file}'`);
    error.code = 'MODULE_NOT_FOUND';
    error.requireStack = [];
    throw error;
  }
  const filename = real(found), format = formatOf(filename);
  process.argv[1] = filename;
  if (format === 'module' || (format === 'unknown' && looksLikeModule(readSource(filename)))) {
    loop.setMain(native.importModule(filename));
    return;
  }
  mainModule = process.mainModule = new Module('.');
  mainModule.paths = nodeModulesPaths(path.dirname(filename));
  mainModule.path = path.dirname(filename);
  Module._cache[filename] = mainModule;
  mainModule.load(filename);
}

// A script without a file: -e, -p or standard input.
function runText(source, name, { print = false, type } = {}) {
  if (type === 'module' || (type === undefined && !print && looksLikeModule(source))) {
    loop.setMain(native.evaluate(source, path.join(process.cwd(), `[${name}1]`), 'module'));
    return;
  }
  mainModule = process.mainModule = new Module(`[${name}]`);
  mainModule.filename = path.join(process.cwd(), `[${name}]`);
  mainModule.paths = nodeModulesPaths(process.cwd());
  Object.assign(globalThis, { module: mainModule, exports: mainModule.exports, __filename: `[${name}]`, __dirname: '.', require: makeRequire(mainModule) });
  const builtin = (key) => ({ get: () => require(key), set(value) { Object.defineProperty(globalThis, key, { value, writable: true }); }, configurable: true });
  for (const key of native.builtinNames) if (/^\w+$/.test(key) && !(key in globalThis)) Object.defineProperty(globalThis, key, builtin(key));
  const value = native.evaluate(source, `[${name}]`, 'script');
  if (print) console.log(value);
}

function readStandardInput() {
  const chunks = [], chunk = new Uint8Array(65536);
  for (let got; (got = check(native.read(0, chunk, 0, chunk.length, null), 'read')) > 0; ) chunks.push(chunk.slice(0, got));
  return Buffer.concat(chunks).toString();
}

const USAGE = `usage: js [options] [script.js | -] [arguments]
  -e, --eval TEXT    run TEXT          -p, --print TEXT   run TEXT and print its value
  -c, --check        only check the syntax
  -i, --interactive  read, evaluate, print, though standard input is no terminal
  -r, --require NAME load a module first
  --input-type=TYPE  module or commonjs, for TEXT and standard input
  --test             run the tests in the files named
  -v, --version      -h, --help
`;

function parse(words) {
  const options = { requires: [] };
  let i = 1;
  const valueOf = (word) => {
    const at = word.indexOf('=');
    if (word.startsWith('--') && at > 0) return word.slice(at + 1);
    if (i + 1 >= words.length) throw new Error(`${word} requires an argument`);
    return words[++i];
  };
  for (; i < words.length; i++) {
    const word = words[i], name = word.startsWith('--') ? word.split('=')[0] : word;
    if (word === '-' || !word.startsWith('-')) break;
    if (word === '--') {
      i++;
      break;
    }
    switch (name) {
      case '-e': case '--eval': options.text = valueOf(word); break;
      case '-p': case '--print': case '-pe':
        options.print = true;
        options.text = valueOf(word);
        break;
      case '-c': case '--check': options.check = true; break;
      case '-i': case '--interactive': options.interactive = true; break;
      case '-r': case '--require': case '--import': options.requires.push(valueOf(word)); break;
      case '--input-type': options.type = valueOf(word); break;
      case '--test': options.test = true; break;
      case '-v': case '--version': options.version = true; break;
      case '-h': case '--help': options.help = true; break;
      default:
        // Options for V8 and for tuning have no meaning here.
        if (/^--(no-)?(max-old-space-size|stack-size|experimental|enable-source-maps|trace|expose-gc|harmony|warnings|deprecation|unhandled-rejections|abort|preserve)/.test(name)) break;
        throw new Error(`bad option: ${word}`);
    }
    if (word.startsWith('--') || words[i] !== undefined) process.execArgv.push(word);
  }
  return { ...options, rest: words.slice(i) };
}

function commandLine() {
  let options;
  try {
    options = parse(native.argv);
  } catch (error) {
    loop.writeAll(2, `js: ${error.message}\n`);
    process.exit(9);
  }
  const { rest, text, requires, type } = options;
  if (options.version || options.help) {
    loop.writeAll(1, options.help ? USAGE : `js on QuickJS-ng ${native.engine}\n`);
    process.exit(0);
  }
  const script = text === undefined && rest.length && rest[0] !== '-' ? path.resolve(rest[0]) : undefined;
  process.argv = [process.execPath, ...(script ? [script] : []), ...rest.slice(text === undefined ? 1 : 0)];
  for (const name of requires) load(name, Object.assign(new Module(), { filename: path.join(process.cwd(), 'x') }));
  if (options.test) return require('internal/test_runner').runFiles(rest);
  if (options.check) {
    const source = readSource(script).replace(/^#!.*/, '');
    if (!looksLikeModule(source)) native.evaluate(`(function () { ${source}\n})`, script, 'script');
    return undefined;
  }
  if (text !== undefined) return runText(text, 'eval', { print: options.print, type });
  if (script) return runMain(script);
  if (options.interactive || (!rest.length && native.isatty(0))) return require('internal/repl').start({ makeRequire, Module });
  return runText(readStandardInput(), 'stdin', { type });
}

module.exports = { Module, commandLine, makeRequire };
