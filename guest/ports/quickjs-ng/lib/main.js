// Starts the library: gives the engine's globals what Node's have, then does what the command line asks.
(function (native) {
  'use strict';

  const builtins = new Map(); // name -> module, of those that have been asked for
  const internal = (name) => name.startsWith('internal/');
  // Where a built-in's file has another name than the built-in.
  const FILES = {
    'internal/errors': 'errors', 'internal/inspect': 'inspect', 'internal/loop': 'loop', 'internal/loader': 'loader',
    'internal/locale': 'locale', 'internal/globals': 'globals', 'internal/repl': 'repl', 'fs/promises': 'fs_promises',
    'internal/test_runner': 'test_runner', 'internal/fs_streams': 'fs_streams', 'internal/small': 'small',
    'internal/process_streams': 'process_streams', 'internal/deep_equal': 'deep_equal',
    assert: 'assert', buffer: 'buffer', child_process: 'child_process', console: 'console', crypto: 'crypto',
    events: 'events', fs: 'fs', os: 'os', path: 'path', process: 'process', querystring: 'querystring', readline: 'readline', repl: 'repl',
    stream: 'stream', string_decoder: 'string_decoder', test: 'test_runner', timers: 'timers', url: 'url', util: 'util',
  };
  // Small modules and views of others, made by small.js.
  const SMALL = ['assert/strict', 'async_hooks', 'constants', 'module', 'path/posix', 'perf_hooks', 'punycode', 'readline/promises',
    'stream/promises', 'sys', 'timers/promises', 'tty', 'util/types', 'v8', 'vm', 'worker_threads', 'diagnostics_channel'];
  const PUBLIC = [...Object.keys(FILES).filter((name) => !internal(name)), ...SMALL].sort();

  function requireBuiltin(name) {
    const known = builtins.get(name);
    if (known) return known.exports;
    const module = { exports: {}, id: name };
    builtins.set(name, module);
    if (SMALL.includes(name)) {
      module.exports = requireBuiltin('internal/small')[name]();
    } else {
      const file = `${native.library}/${FILES[name]}.js`;
      const source = native.readText(file);
      if (typeof source !== 'string') throw new Error(`the library lacks ${file}`);
      const compiled = native.evaluate(`(function (native, require, module, exports) {${source}\n})`, file, 'script');
      compiled(native, requireBuiltin, module, module.exports);
    }
    return module.exports;
  }
  native.builtinNames = PUBLIC;
  native.isBuiltin = (name) => {
    const bare = name.startsWith('node:') ? name.slice(5) : name;
    return bare === 'test' ? name === 'node:test' : PUBLIC.includes(bare);
  };

  // Stacks as V8 words them: a head line, then "    at".
  
  requireBuiltin('internal/globals');
  const loop = requireBuiltin('internal/loop');
  loop.run(() => requireBuiltin('internal/loader').commandLine());
})
