const { EventEmitter, once, on } = require('events'); const { setTimeout: sleep } = require('timers/promises');
console.log('start'); setTimeout(() => console.log('t700'), 700); setTimeout(() => console.log('t400'), 400);
setImmediate(() => { console.log('imm'); process.nextTick(() => console.log('imm tick')); Promise.resolve().then(() => console.log('imm micro')); });
process.nextTick(() => { console.log('tick1'); process.nextTick(() => console.log('tick2')); Promise.resolve().then(() => console.log('tick micro')); });
Promise.resolve().then(() => { console.log('p1'); queueMicrotask(() => console.log('qm')); process.nextTick(() => console.log('p tick')); }).then(() => console.log('p2'));
(async () => { console.log('async sync part'); await null; console.log('after await'); await sleep(60, 'v').then((v) => console.log('slept', v)); const r = await Promise.allSettled([Promise.reject(new Error('r')), 1]); console.log(r.map((x) => x.status)); console.log(await Promise.race([sleep(1, 'fast'), sleep(50, 'slow')]), await Promise.any([Promise.reject(1), 2]));
  let n = 0; await new Promise((res) => { const i = setInterval(() => { if (++n === 3) { clearInterval(i); res(); } }, 1); }); console.log('interval', n);
  const e = new EventEmitter(); setTimeout(() => e.emit('x', 1, 2), 1); console.log(await once(e, 'x')); let c = 0; setTimeout(() => { e.emit('y', 'a'); e.emit('y', 'b'); }, 1); for await (const [v] of on(e, 'y')) { console.log('on', v); if (++c === 2) break; }
  const ac = new AbortController(); setTimeout(() => ac.abort(), 1); try { await sleep(1000, null, { signal: ac.signal }); } catch (err) { console.log(err.name, err.code); }
  async function* gen() { for (let i = 0; i < 3; i++) { await sleep(1); yield i; } } for await (const v of gen()) console.log('gen', v);
  const { AsyncLocalStorage } = require('async_hooks'); const als = new AsyncLocalStorage(); als.run({ id: 1 }, () => console.log('als', als.getStore())); console.log(als.getStore());
})();
const e = new EventEmitter(); e.on('a', function (x) { console.log('a', x, this === e); }); e.once('a', () => console.log('once')); e.prependListener('a', () => console.log('first')); console.log(e.emit('a', 1), e.emit('a', 2), e.emit('none'), e.listenerCount('a'), e.eventNames());
const f = () => {}; e.on('b', f); e.off('b', f); console.log(e.listenerCount('b'), EventEmitter.defaultMaxListeners); e.on('newListener', (n) => console.log('new', n)); e.on('c', f); class Sub extends EventEmitter {} console.log(new Sub() instanceof EventEmitter);
const t = setTimeout(() => {}, 100000); t.unref(); console.log(t.hasRef(), typeof t[Symbol.toPrimitive]()); const t2 = setTimeout(() => console.log('never'), 1); clearTimeout(t2);
const et = new EventTarget(); et.addEventListener('foo', (ev) => console.log(ev.type, ev instanceof Event), { once: true }); et.dispatchEvent(new Event('foo')); et.dispatchEvent(new Event('foo'));
process.on('beforeExit', () => console.log('beforeExit')); process.on('exit', (code) => console.log('exit', code)); console.log('end sync');
