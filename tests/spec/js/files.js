const fs = require('fs'), path = require('path'), os = require('os');
const d = fs.mkdtempSync(path.join(os.tmpdir(), 'jt-')); process.chdir(d);
fs.writeFileSync('a.txt', 'hello\nworld\n'); fs.appendFileSync('a.txt', 'more'); console.log(fs.readFileSync('a.txt', 'utf8'), fs.readFileSync('a.txt').length);
console.log(fs.existsSync('a.txt'), fs.existsSync('b'), fs.statSync('a.txt').size, fs.statSync('a.txt').isFile(), fs.statSync('.').isDirectory(), (fs.statSync('a.txt').mode & 0o777).toString(8));
fs.mkdirSync('x/y/z', { recursive: true }); console.log(fs.mkdirSync('x/y', { recursive: true })); fs.writeFileSync('x/y/f1', '1'); fs.writeFileSync('x/f2', '2'); fs.symlinkSync('f2', 'x/link');
console.log(fs.readdirSync('x'), fs.readdirSync('x', { recursive: true }).sort(), fs.readdirSync('x', { withFileTypes: true }).map((e) => [e.name, e.isDirectory(), e.isFile(), e.isSymbolicLink()]));
console.log(fs.readlinkSync('x/link'), fs.lstatSync('x/link').isSymbolicLink(), fs.statSync('x/link').size, fs.realpathSync('x/link') === path.join(fs.realpathSync(d), 'x/f2'));
fs.renameSync('x/f2', 'x/f3'); fs.copyFileSync('a.txt', 'c.txt'); fs.chmodSync('c.txt', 0o600); console.log((fs.statSync('c.txt').mode & 0o777).toString(8)); fs.unlinkSync('c.txt');
const fd = fs.openSync('rw', 'w+'); fs.writeSync(fd, 'abcdef'); fs.writeSync(fd, Buffer.from('XY'), 0, 2, 1); const b = Buffer.alloc(10); console.log(fs.readSync(fd, b, 0, 10, 0), b.toString('utf8', 0, 6)); fs.ftruncateSync(fd, 3); console.log(fs.fstatSync(fd).size); fs.closeSync(fd);
fs.utimesSync('rw', 1000, 2000.5); console.log(fs.statSync('rw').mtimeMs, fs.statSync('rw').atime.toISOString());
fs.cpSync('x', 'copy', { recursive: true }); console.log(fs.readdirSync('copy', { recursive: true }).sort()); fs.rmSync('copy', { recursive: true, force: true }); console.log(fs.existsSync('copy')); fs.rmSync('nope', { force: true });
fs.writeFileSync('j.json', JSON.stringify({ a: [1, 2] }, null, 2)); console.log(require(path.resolve('j.json')), JSON.parse(fs.readFileSync('j.json')));
fs.readFile('a.txt', 'utf8', (err, t) => { console.log('cb', err, t.length); fs.readFile('nope', (e2) => { console.log(e2.code, e2.syscall, e2.path, e2.errno); }); });
(async () => {
  const p = fs.promises; await p.writeFile('p.txt', 'promise'); console.log(await p.readFile('p.txt', 'utf8'), (await p.stat('p.txt')).size, await p.readdir('.').then((l) => l.sort()));
  try { await p.access('nope'); } catch (e) { console.log(e.message); }
  const h = await p.open('p.txt', 'r+'); console.log((await h.read(Buffer.alloc(4), 0, 4, 0)).bytesRead, (await h.stat()).size); await h.close();
  const rs = fs.createReadStream('a.txt', { encoding: 'utf8', highWaterMark: 5 }); let chunks = []; for await (const c of rs) chunks.push(c); console.log(chunks);
  const ws = fs.createWriteStream('w.txt'); ws.write('one\n'); ws.end('two\n'); await new Promise((r) => ws.on('finish', r)); console.log(fs.readFileSync('w.txt', 'utf8'));
  const { pipeline } = require('stream/promises'); const { Transform } = require('stream');
  await pipeline(fs.createReadStream('w.txt'), new Transform({ transform(c, e, cb) { cb(null, c.toString().toUpperCase()); } }), fs.createWriteStream('up.txt')); console.log(fs.readFileSync('up.txt', 'utf8'));
  const rl = require('readline').createInterface({ input: fs.createReadStream('a.txt') }); for await (const line of rl) console.log('line', line);
  await p.rm(d, { recursive: true }); console.log(fs.existsSync(d));
})();
