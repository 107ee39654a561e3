import { afterQuietly, type After } from '../lib/time.ts';
import { administrator, checkAll, type Checked } from './health-check.ts';
import type { Ports } from './ports.ts';

/** What was found when every deployment was last called. */
export interface CheckRound {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly checks: readonly Checked[];
}

/** Checks in the background, where the configuration asks for them: they cost money. */
export interface BackgroundChecks {
  /** Undefined while they are off, or none was done under this configuration. */
  readonly latest: () => CheckRound | undefined;
  /** Begins anew with the configuration in force. */
  readonly restart: () => void;
  readonly stop: () => void;
}

export function backgroundChecks(ports: () => Ports, after: After = afterQuietly): BackgroundChecks {
  let latest: CheckRound | undefined;
  let callOff = (): void => undefined;
  /** Rises with every start, so that a round of an earlier one comes to nothing. */
  let generation = 0;

  const round = async (mine: number): Promise<void> => {
    const all = ports();
    const some = all.catalog().deployments.filter(({ config }) => config.info.disable_background_health_check !== true);
    const checks = await checkAll(all, some, administrator);
    if (mine !== generation) return;
    latest = { at: all.clock.now(), checks };
    schedule(mine);
  };
  const schedule = (mine: number): void => {
    const ms = ports().config().healthCheckMs;
    if (ms === undefined) return;
    callOff = after(ms, () => {
      round(mine).catch((error: unknown) => ports().log.error('the health checks failed', error));
    });
  };
  const stop = (): void => {
    callOff();
    generation += 1;
    latest = undefined;
  };
  return {
    latest: () => latest,
    restart() {
      stop();
      schedule(generation);
    },
    stop,
  };
}
