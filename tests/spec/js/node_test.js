const { test, describe, it, before, afterEach, mock } = require('node:test'); const assert = require('node:assert');
test('sync ok', () => assert.strictEqual(1, 1)); test('async ok', async () => { await null; }); test('skipped', { skip: true }, () => {}); test.todo('later');
describe('suite', () => { let n = 0; before(() => { n = 5; }); it('has before', () => assert.equal(n, 5)); it('mock', () => { const f = mock.fn((x) => x * 2); assert.equal(f(2), 4); assert.equal(f.mock.callCount(), 1); }); it.skip('no', () => {}); });
test('sub', async (t) => { await t.test('inner', () => {}); t.diagnostic('note'); });
