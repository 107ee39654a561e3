import fc from 'fast-check';
import { Judge } from './judge.ts';
import { scripts, type Step } from './steps.ts';
import { World } from './world.ts';

/** Plays a script, with every promise judged after every step, at its end, and after a last restart. */
export async function play(script: readonly Step[]): Promise<void> {
  const world = await World.begin();
  const judge = new Judge(world);
  try {
    for (const step of script) {
      await world.play(step);
      await judge.judge();
    }
    await world.finish();
    await judge.judge();
    await world.restart();
    await judge.judge();
  } finally {
    await world.end();
  }
}

export interface Extent {
  readonly runs: number;
  readonly steps: readonly [least: number, most: number];
  /** Milliseconds after which shrinking ends with the shortest script so far. */
  readonly atMost: number;
  readonly seed?: number;
}

/** Plays as many scripts; fast-check tells the seed and the shortest script that breaks a promise. */
export const playMany = ({ runs, steps: [least, most], atMost, seed }: Extent): Promise<void> =>
  fc.assert(fc.asyncProperty(scripts(least, most), play), {
    numRuns: runs,
    interruptAfterTimeLimit: atMost,
    ...(seed !== undefined && { seed }),
  });
