import { readFileSync } from 'node:fs';

const scale = process.env['SCALE'] ?? 'small';
if (scale !== 'small' && scale !== 'full') throw new Error(`SCALE is "${scale}"; it may be small or full.`);

/** The size of a test: seconds for every build, or minutes with SCALE=full. */
export const sized = <T>(small: T, full: T): T => (scale === 'full' ? full : small);

/** One line of figures. They are for people: no test depends on how fast a machine is. */
export function tell(subject: string, ...figures: readonly string[]): void {
  process.stdout.write(`      ${subject} (${scale}): ${figures.join(', ')}\n`);
}

/** Seconds since `start`, which `performance.now()` gave, to read. */
export const secondsSince = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`;

export const count = (value: number): string => value.toLocaleString('en-US');

/** The memory that a process has in use, MB; 0 where the system does not tell. */
export const residentMb = (pid: number | undefined): number => memoryMb(pid, /VmRSS:\s+(\d+)/);

/** The most memory that it has had in use, MB; 0 where the system does not tell. */
export const peakMb = (pid: number | undefined): number => memoryMb(pid, /VmHWM:\s+(\d+)/);

function memoryMb(pid: number | undefined, line: RegExp): number {
  if (process.platform !== 'linux' || pid === undefined) return 0;
  const kilobytes = line.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1024);
}

/** Ends a test that this machine cannot run; with REQUIRE_ALL=1 it fails instead. */
export function skipUnless(possible: boolean, context: Mocha.Context, reason: string): void {
  if (possible) return;
  if (process.env['REQUIRE_ALL'] === '1') throw new Error(`REQUIRE_ALL is set, but ${reason}`);
  process.stdout.write(`      skipped: ${reason}\n`);
  context.skip();
}

/** Runs `work` for 0 to `times` - 1, so many at once. */
export async function manyAtOnce(times: number, atOnce: number, work: (turn: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let turn = next++; turn < times; turn = next++) await work(turn);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
