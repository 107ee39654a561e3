import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchConfig } from '../../src/config/watch.ts';

describe('a watched configuration', () => {
  let folder = '';
  let file = '';
  const ends: (() => void)[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'purser-watch-'));
    file = join(folder, 'config.yaml');
    writeFileSync(file, 'old');
  });
  afterEach(() => {
    for (const end of ends.splice(0)) end();
    rmSync(folder, { recursive: true });
  });

  const watched = (onChange: () => void): (() => void) => {
    const end = watchConfig(file, onChange);
    ends.push(end);
    return end;
  };
  const nextChange = (): Promise<void> => new Promise((resolve) => watched(resolve));

  it('is noticed when it is written', async () => {
    const changed = nextChange();
    writeFileSync(file, 'new');
    await changed;
  });

  it('is noticed when it is replaced by rename, again and again', async () => {
    for (const text of ['first', 'second']) {
      const changed = nextChange();
      writeFileSync(`${file}.tmp`, text);
      renameSync(`${file}.tmp`, file);
      await changed;
    }
  });

  it('is noticed when it comes into being', async () => {
    rmSync(file);
    const changed = nextChange();
    writeFileSync(file, 'new');
    await changed;
  });

  it('is noticed once for several events, and not for those of its neighbours', async () => {
    let count = 0;
    watched(() => count++);
    writeFileSync(join(folder, 'neighbour'), 'x');
    const changed = nextChange(); // began later, so it is called later
    writeFileSync(file, 'new');
    writeFileSync(file, 'newer');
    await changed;
    assert.equal(count, 1);
  });

  it('is not noticed after the end', async () => {
    let count = 0;
    const end = watched(() => count++);
    writeFileSync(file, 'new');
    end();
    const changed = nextChange();
    writeFileSync(file, 'newer');
    await changed;
    assert.equal(count, 0);
  });
});
