import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import type { Report } from '../../admin/report-routes.ts';
import type { Status } from '../../admin/status-routes.ts';
import type { ModelSpend } from './status-text.ts';

/** How things stand for one project, or for everything. */
export interface Standing {
  readonly status: Status;
  readonly models: readonly ModelSpend[];
}

export interface StatusWatch {
  /** Asks at once, beside the usual turns. */
  readonly look: () => void;
  readonly end: () => void;
}

const everyMs = 3_000;

export interface StatusWatching {
  /** Whose status; undefined: everything's. */
  readonly project: () => string | undefined;
  readonly onChange: (standing: Standing) => void;
  /** Hears of every turn. */
  readonly onTurn: (access: GatewayAccess) => void;
}

/** Asks the gateway again and again how `project` stands, and tells what changed. */
export function watchStatus(access: GatewayAccess, { project, onChange, onTurn }: StatusWatching): StatusWatch {
  const modelsOf = newestModels(access);
  let known = '';
  let isOver = false;
  const look = async (): Promise<void> => {
    const id = project();
    const query = id === undefined ? '' : `?project=${encodeURIComponent(id)}`;
    // Our own gateway's answer, of this very version.
    const status = (await askGateway(access, `/purser/status${query}`)) as Status;
    const standing = { status, models: await modelsOf(status) };
    const sign = JSON.stringify(standing);
    if (isOver || sign === known || id !== project()) return;
    known = sign;
    onChange(standing);
  };
  // A gateway that does not answer is its keeper's business: what was shown stays.
  const again = (): void => void look().catch(() => undefined);
  const turn = (): void => {
    again();
    onTurn(access);
  };
  turn();
  const timer = setInterval(turn, everyMs);
  return {
    look: again,
    end() {
      isOver = true;
      clearInterval(timer);
    },
  };
}

const modelsEveryMs = 15_000;
const mostModels = 5;

/** They come from the ledger's own thread, so they are asked for only when something was booked, and not too often. */
function newestModels(access: GatewayAccess): (status: Status) => Promise<readonly ModelSpend[]> {
  let known: readonly ModelSpend[] = [];
  let sign = '';
  let askedAt = 0;
  return async ({ project, revision, monthSince }) => {
    const whose = project?.id ?? '';
    const now = `${whose} ${revision} ${monthSince}`;
    const isOfAnother = !sign.startsWith(`${whose} `);
    const isNew = known.length > 0 && Date.now() - askedAt < modelsEveryMs;
    if (now === sign || (isNew && !isOfAnother)) return known;
    askedAt = Date.now();
    const ofProject = project === null ? '' : `&project=${encodeURIComponent(project.id)}`;
    const { lines } = (await askGateway(access, `/purser/report?by=group&since=${monthSince}${ofProject}`)) as Report;
    sign = now;
    known = lines.slice(0, mostModels).map(({ name, cost }) => ({ name: name ?? '?', cost }));
    return known;
  };
}
