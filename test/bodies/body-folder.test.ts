import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bodyFolder } from '../../src/bodies/body-folder.ts';
import type { Bodies } from '../../src/bodies/bodies.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { newFolder } from '../support/gateway-under-test.ts';

const dayMs = 86_400_000;
const alpha = 'a'.repeat(64);
const beta = 'b'.repeat(64);

describe('a folder of bodies', () => {
  const start = (folder = join(newFolder(), 'bodies'), clock = fakeClock()) => {
    const days = new Map([
      [alpha, 7],
      [beta, 2],
    ]);
    const told: string[] = [];
    const limits = { mostBytes: 1_000_000 };
    const bodies = bodyFolder({
      ...{ folder, clock, after: clock.after, tell: (sentence: string) => void told.push(sentence) },
      rules: { keptMs: (key) => (days.get(key) ?? 0) * dayMs, mostBytes: () => limits.mostBytes },
    });
    const keep = (call: string, key = alpha, text = 'Hi'): void =>
      bodies.keep({ call, key, at: clock.now() }, text.length, () => Promise.resolve({ call, text }));
    return { bodies, clock, days, folder, told, limits, keep };
  };
  const callsIn = async (bodies: Bodies, ...calls: readonly string[]): Promise<readonly unknown[]> => {
    const found = await Promise.all(calls.map((call) => bodies.find(call)));
    return found.flatMap((body) => (body === undefined ? [] : [body['call']]));
  };
  const filesIn = (folder: string): readonly string[] =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gz'))
      : [];

  it('has what was kept, also after a restart, for the owner alone', async () => {
    const { bodies, folder, keep, clock } = start();
    keep('one');
    keep('two', beta, 'Ho');
    assert.deepEqual(await bodies.find('one'), { call: 'one', text: 'Hi' });
    assert.equal(await bodies.find('three'), undefined);
    const [file = ''] = filesIn(folder);
    assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(join(folder, file))).mode & 0o777, 0o700);
    const again = start(folder, clock);
    assert.deepEqual(await again.bodies.find('two'), { call: 'two', text: 'Ho' });
    assert.equal((await again.bodies.state()).calls, 2);
  });

  it('makes no folder while there is nothing to keep', async () => {
    const { bodies, folder, keep } = start();
    keep('one', 'c'.repeat(64)); // of a key that has none kept
    await bodies.sweep();
    assert.deepEqual(await bodies.state(), { calls: 0, bytes: 0, trouble: undefined });
    assert.equal(existsSync(folder), false);
  });

  it('gives nothing that is too old, and deletes it within the hour', async () => {
    const { bodies, clock, folder, keep } = start();
    keep('one', alpha);
    keep('two', beta);
    assert.deepEqual(await callsIn(bodies, 'one', 'two'), ['one', 'two']);
    clock.pass(2 * dayMs - 1);
    assert.deepEqual(await callsIn(bodies, 'one', 'two'), ['one', 'two']);
    clock.pass(1);
    assert.deepEqual(await callsIn(bodies, 'one', 'two'), ['one']);
    clock.pass(3_600_000);
    await bodies.state();
    assert.equal(filesIn(folder).length, 1);
    assert.deepEqual(readdirSync(folder), [alpha]);
    clock.pass(7 * dayMs);
    await bodies.state();
    assert.deepEqual(filesIn(folder), []);
    assert.equal(clock.pending, 0);
  });

  it('deletes all of a key that has none kept any more, and what it made meanwhile is not written', async () => {
    const { bodies, days, folder, keep } = start();
    keep('one', alpha);
    keep('two', beta);
    await bodies.state();
    days.set(alpha, 0);
    keep('three', alpha);
    await bodies.sweep();
    assert.deepEqual(await callsIn(bodies, 'one', 'two', 'three'), ['two']);
    assert.equal(filesIn(folder).length, 1);
  });

  it('deletes a single call', async () => {
    const { bodies, folder, keep } = start();
    keep('one');
    assert.equal(await bodies.forget('one'), true);
    assert.equal(await bodies.forget('one'), false);
    assert.deepEqual(filesIn(folder), []);
    assert.equal((await bodies.state()).bytes, 0);
  });

  it('lets the oldest go where there is no room for all', async () => {
    const { bodies, clock, limits, keep } = start();
    for (const call of ['one', 'two', 'three', 'four']) {
      keep(call);
      clock.pass(1_000);
    }
    const { bytes } = await bodies.state();
    limits.mostBytes = Math.floor(bytes * 0.6);
    await bodies.sweep();
    assert.deepEqual(await callsIn(bodies, 'one', 'two', 'three', 'four'), ['three', 'four']);
    keep('five');
    assert.deepEqual(await callsIn(bodies, 'three', 'four', 'five'), ['four', 'five']);
  });

  it('says once what it cannot write, and fails nothing', async () => {
    const { bodies, folder, told, keep } = start();
    mkdirSync(dirname(folder), { recursive: true });
    writeFileSync(folder, 'a file in its place');
    keep('one');
    keep('two');
    assert.match((await bodies.state()).trouble ?? '', /^Prompts and answers cannot be kept in .*\.$/);
    assert.equal(told.length, 1);
    assert.deepEqual(await callsIn(bodies, 'one', 'two'), []);
  });

  it('keeps nothing more while too much waits for the disk', async () => {
    const { bodies, clock, told } = start();
    const weight = 40 * 1024 * 1024;
    for (const call of ['one', 'two', 'three'])
      bodies.keep({ call, key: alpha, at: clock.now() }, weight, () => Promise.resolve({ call }));
    assert.deepEqual(await callsIn(bodies, 'one', 'two', 'three'), ['one']);
    assert.match(told[0] ?? '', /faster than they can be written/);
    bodies.keep({ call: 'four', key: alpha, at: clock.now() }, weight, () => Promise.resolve({ call: 'four' }));
    assert.deepEqual(await callsIn(bodies, 'four'), ['four']);
  });

  it('takes what a crash left half-written or damaged for nothing', async () => {
    const { bodies, folder, told, clock } = start();
    mkdirSync(join(folder, alpha), { recursive: true });
    const at = clock.now();
    writeFileSync(join(folder, alpha, `${at}-one.json.gz.part`), 'half');
    writeFileSync(join(folder, alpha, `${at}-two.json.gz`), 'no archive');
    writeFileSync(join(folder, alpha, 'something else'), 'x');
    assert.deepEqual(await callsIn(bodies, 'one', 'two'), []);
    assert.deepEqual(readdirSync(join(folder, alpha)).sort(), [`${at}-two.json.gz`, 'something else'].sort());
    assert.equal(told.length, 1);
  });

  it('writes what waits before it is closed, but keeps nobody waiting for long', async () => {
    const { bodies, clock, keep, folder } = start();
    keep('one');
    bodies.keep({ call: 'two', key: alpha, at: clock.now() }, 1, () => {
      clock.pass(1_001); // it takes its time
      return Promise.resolve({ call: 'two' });
    });
    keep('three');
    await bodies.close();
    assert.deepEqual(
      filesIn(folder).map((name) => /-(\w+)\.json/.exec(name)?.[1]),
      ['one', 'two'],
    );
  });

  it('cannot be led out of its folder by the name of a call', async () => {
    const { bodies, clock, folder, told } = start();
    const call = '../../../outside';
    bodies.keep({ call, key: alpha, at: clock.now() }, 1, () => Promise.resolve({ call }));
    await bodies.close();
    assert.deepEqual([filesIn(dirname(folder)), told.length], [[], 1]);
  });
});
