import { playMany } from '../promises/play.ts';
import { secondsSince, sized, tell } from './scale.ts';

describe('the ten promises about money, at length', () => {
  it('hold in long scripts of every kind', async function () {
    this.timeout(sized(120_000, 3_600_000));
    const runs = sized(15, 1_500);
    const start = performance.now();
    await playMany({ runs, steps: [30, 80], atMost: sized(90_000, 3_000_000) });
    tell('ten promises', `${runs} scripts of 30 to 80 steps in ${secondsSince(start)}`);
  });
});
