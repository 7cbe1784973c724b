const fs = require('fs'), path = require('path'); const d = fs.mkdtempSync('/tmp/jm-'); process.chdir(d);
const w = (f, t) => { fs.mkdirSync(path.dirname(f), { recursive: true }); fs.writeFileSync(f, t); };
w('lib/a.js', 'exports.n = 1; exports.b = require("./b"); exports.done = true;'); w('lib/b.js', 'const a = require("./a"); module.exports = { partial: Object.keys(a).length, n: a.n, f: __filename.split("/").pop(), d: require("path").basename(__dirname) };');
console.log(require(d + '/lib/a'), require.cache[d + '/lib/a.js'] !== undefined, require(d + '/lib/a') === require(d + '/lib/a.js'));
w('node_modules/pkg/package.json', '{"name":"pkg","main":"./main","version":"1.2.3"}'); w('node_modules/pkg/main.js', 'module.exports = () => "pkg main"'); w('node_modules/@s/e/package.json', '{"name":"@s/e","exports":{".":{"import":"./m.mjs","require":"./c.cjs"},"./sub/*":"./s/*.js"},"type":"module"}');
w('node_modules/@s/e/m.mjs', 'export default "esm"; export const x = 1;'); w('node_modules/@s/e/c.cjs', 'module.exports = "cjs"; '); w('node_modules/@s/e/s/q.js', 'export const q = "sub q";');
const { createRequire } = require('module'); const r = createRequire(d + '/x.js'); console.log(r('pkg')(), r('@s/e'), r.resolve('pkg').replace(d, ''), r('pkg/package.json').version);
try { r('@s/e/hidden'); } catch (e) { console.log(e.code); }
w('m.mjs', `import def, { readFileSync } from 'node:fs'; import * as p from 'path'; import pkg from 'pkg'; import e, { x } from '@s/e'; import { q } from '@s/e/sub/q'; import cjs, { n } from './lib/a.js'; import data from './d.json' with { type: 'json' };
console.log(typeof def.readFileSync, readFileSync === def.readFileSync, p.basename(import.meta.url), pkg(), e, x, q, cjs.n, n, data, import.meta.filename.split('/').pop(), typeof require, this);
const late = await import('./late.mjs'); console.log(late.default, Object.keys(late), late); export const a = 1; await new Promise((r) => setTimeout(r, 5)); console.log('tla done', import.meta.resolve('./late.mjs').split('/').pop());
try { await import('./missing.mjs'); } catch (err) { console.log(err.code); } try { await import('nopkg'); } catch (err) { console.log(err.code); }`);
w('d.json', '{"j":1}'); w('late.mjs', 'console.log("late runs"); export default function foo() {} export let z = 5; export class K {}');
const { execFileSync } = require('child_process'); const js = process.argv[0];
console.log(execFileSync(js, ['m.mjs'], { encoding: 'utf8' }));
w('t.js', 'import fs from "fs"; console.log("detected", typeof fs.readFileSync, typeof require); const v = await Promise.resolve(3); console.log(v); export {};'); console.log(execFileSync(js, ['t.js'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
w('mod/package.json', '{"type":"module"}'); w('mod/x.js', 'console.log(typeof module, import.meta.dirname.split("/").pop()); import("../lib/a.js").then((m) => console.log(m.default.n, m.n))'); console.log(execFileSync(js, ['mod/x.js'], { encoding: 'utf8' }));
console.log(execFileSync(js, ['-p', '[1,2].map(x => x * 2)'], { encoding: 'utf8' }), execFileSync(js, ['-e', 'console.log(process.argv.length, process.argv.slice(1), require("path").sep, os.EOL === "\\n")', 'a', 'b'], { encoding: 'utf8' }));
console.log(execFileSync(js, ['-'], { encoding: 'utf8', input: 'console.log("from stdin", __filename)' }), execFileSync(js, ['--input-type=module', '-e', 'import { sep } from "path"; console.log(sep, await 5)'], { encoding: 'utf8' }));
w('main.js', 'console.log(require.main === module, module.id, module.children.length, module.paths[0].endsWith("node_modules"), require.resolve("./lib/b").endsWith("lib/b.js")); exports.x = 1; console.log(module.exports, this === module.exports)'); console.log(execFileSync(js, ['main'], { encoding: 'utf8' }));
w('exit.mjs', 'process.exitCode = 3; await new Promise(() => {});'); const s = require('child_process').spawnSync(js, ['exit.mjs']); console.log(s.status);
const s2 = require('child_process').spawnSync(js, ['-e', 'await new Promise(() => {})', '--input-type=module'].reverse().slice(0, 0).concat(['--input-type=module', '-e', 'await new Promise(() => {})']), { encoding: 'utf8' }); console.log(s2.status);
w('thr.js', '\n\nfunction f() {\n  throw new TypeError("thrown");\n}\nf();'); const s3 = require('child_process').spawnSync(js, ['thr.js'], { encoding: 'utf8' }); console.log(s3.status, s3.stderr.replaceAll(d, '').split('\n').slice(0, 3).concat('TypeError: thrown'))
const s4 = require('child_process').spawnSync(js, ['-e', 'Promise.reject(new Error("unhandled"))'], { encoding: 'utf8' }); console.log(s4.status, /Error: unhandled/.test(s4.stderr)); const s5 = require('child_process').spawnSync(js, ['-e', 'syntax error here'], { encoding: 'utf8' }); console.log(s5.status, /SyntaxError/.test(s5.stderr));
fs.rmSync(d, { recursive: true });
