import { invalid } from '../chat/failure.ts';
import type { ChangedVariables } from '../windows/window-keys.ts';
import { isObject, type JsonObject } from '../lib/json.ts';
import type { AdminAsk, AdminRoute } from './routes.ts';

/** What the windows of an editor ask of the one that holds the gateway. */
export interface WindowHost {
  /** Ends this gateway, so that a newer one can have its port. */
  readonly handOver: () => void;
  /** Puts the keys in force; tells whether the configuration that was read again with them was taken. */
  readonly setVariables: (changed: ChangedVariables) => Promise<boolean>;
}

/** Purser's own, between the windows of one editor; a headless gateway has none of them. */
export const windowRoutes = (host: WindowHost): readonly AdminRoute[] => [
  {
    method: 'post',
    paths: ['/purser/handover'],
    access: 'admin',
    run(_ports, ask) {
      onlyFields(ask.body, []);
      // After the answer: it goes out on one of the connections that this ends.
      setImmediate(host.handOver);
      return { leaving: true };
    },
  },
  {
    method: 'post',
    paths: ['/purser/variables'],
    access: 'admin',
    run: async (_ports, ask) => ({ taken: await host.setVariables(changesIn(ask)) }),
  },
];

/** Messages name variables and never what they hold. */
function changesIn({ body }: AdminAsk): ChangedVariables {
  onlyFields(body, ['variables']);
  const { variables } = body;
  if (!isObject(variables)) throw invalid('variables must be an object of names and values.', 'variables');
  for (const [name, value] of Object.entries(variables)) {
    if (!/^[A-Za-z_]\w{0,99}$/.test(name)) throw invalid('A name has letters, digits and _ only.', 'variables');
    if (value !== null && (typeof value !== 'string' || value.length > mostLength))
      throw invalid(`${name} must be a text of at most ${mostLength} characters, or null to forget it.`, 'variables');
  }
  return variables as ChangedVariables;
}

const mostLength = 20_000;

function onlyFields(body: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid(`${unknown.slice(0, 40)} is not known here.`, unknown.slice(0, 40));
}
