import { playMany } from './play.ts';

describe('the ten promises about money', () => {
  it('hold after every step of any interleaving of calls, failures, changes, window edges and crashes', async function () {
    this.timeout(60_000);
    await playMany({ runs: 15, steps: [8, 30], atMost: 45_000, seed: 20261122 });
  });
});
