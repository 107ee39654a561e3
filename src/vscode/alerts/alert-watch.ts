import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import type { Raised } from '../../gateway/events.ts';
import { decide, type AlertWishes, type Notice } from './decide.ts';

export interface AlertPorts {
  readonly wishes: () => AlertWishes;
  /** Whether the user looks at this window. */
  readonly isFocused: () => boolean;
  readonly show: (notice: Notice) => void;
}

export interface Alerts {
  /** Asks the gateway for what has happened since, and tells what is this window's to tell. */
  readonly look: (access: GatewayAccess) => Promise<void>;
}

/** What the gateway raises, told once, in the window that the user looks at. */
export function alerts({ wishes, isFocused, show }: AlertPorts): Alerts {
  const told = new Set<string>();
  let last = 0;
  let waiting: readonly Raised[] = [];
  return {
    async look(access) {
      // Our own gateway's answer, of this very version.
      const { events } = (await askGateway(access, `/purser/events?since=${last}`)) as { events: readonly Raised[] };
      last = events.at(-1)?.id ?? last;
      const known = {
        events: [...waiting, ...events],
        told,
        isFocused: isFocused(),
        wishes: wishes(),
        now: Date.now(),
      };
      const { notices, later } = decide(known);
      waiting = later;
      for (const notice of notices) {
        told.add(notice.name);
        try {
          if (await isGranted(access, notice)) show(notice);
        } catch {
          // The gateway went away meanwhile: whoever holds the next one is asked again.
          told.delete(notice.name);
          waiting = [...waiting, notice.event];
        }
      }
    },
  };
}

/** The gateway grants each notice to one window. */
async function isGranted(access: GatewayAccess, { name }: Notice): Promise<boolean> {
  const { granted } = (await askGateway(access, '/purser/events/claim', { notice: name })) as { granted: boolean };
  return granted;
}
