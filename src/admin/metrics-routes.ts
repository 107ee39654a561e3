import { toDollars } from '../chat/money.ts';
import { metricsType } from '../gateway/metrics.ts';
import type { Ports } from '../gateway/ports.ts';
import type { AdminRoute, TextAnswer } from './routes.ts';

/** For Prometheus. Which models are used and what they cost is the administrator's to know. */
export const metricsRoutes: readonly AdminRoute[] = [
  {
    method: 'get',
    paths: ['/metrics'],
    access: 'admin',
    run: (ports): TextAnswer => ({ type: metricsType, pieces: counted(ports) }),
  },
];

// eslint-disable-next-line @typescript-eslint/require-await -- one piece, of the kind that longer texts have
async function* counted({ metrics, running, budgets, books, pause }: Ports): AsyncGenerator<string> {
  yield metrics.text({
    running: running.size,
    held: toDollars(budgets.spend('gateway', null).held),
    waiting: books.waiting,
    paused: pause.since !== null,
  });
}
