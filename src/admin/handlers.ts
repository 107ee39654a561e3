import { Failure } from '../chat/failure.ts';
import type { GatewayState } from '../gateway/gateway-thread.ts';
import type { PanelAction, PanelHandlers, Remedy, Spending } from './contract.ts';
import { askGateway, baseUrlOf, type GatewayAccess } from './gateway-client.ts';

/** What the panel's host can do. */
export interface PanelHost {
  readonly state: () => GatewayState;
  readonly act: (action: PanelAction) => Promise<void>;
}

export const panelHandlers = ({ state, act }: PanelHost): PanelHandlers => ({
  async overview() {
    const access = runningGateway(state());
    // Our own gateway's answer, of this very version.
    const spending = (await askGateway(access, '/purser/overview')) as Spending;
    return { ...spending, baseUrl: baseUrlOf(access) };
  },
  async act({ action }) {
    await act(action);
    return {};
  },
});

/** The gateway, if it runs; else throws a Failure that says why it does not. */
export function runningGateway(state: GatewayState): GatewayAccess {
  switch (state.type) {
    case 'running':
      return state;
    case 'failed':
      throw new Failure('stopping', state.message);
    case 'starting':
      throw new Failure('stopping', 'The gateway is starting.');
    case 'stopped':
      throw new Failure('stopping', 'The gateway is stopped.');
  }
}

/** What helps in this state. */
export function remediesOf(state: GatewayState): readonly Remedy[] {
  if (state.type === 'stopped') return [restart];
  return state.type === 'failed' ? remedies[state.why] : [];
}

const restart: Remedy = { action: 'restart', title: 'Try Again' };
const showLog: Remedy = { action: 'showLog', title: 'Show Log' };
const choosePort: Remedy = { action: 'choosePort', title: 'Choose Another Port' };
const openConfiguration: Remedy = { action: 'openConfiguration', title: 'Open Configuration' };

export const configurationRemedies: readonly Remedy[] = [showLog, openConfiguration];

const remedies: Record<(GatewayState & { readonly type: 'failed' })['why'], readonly Remedy[]> = {
  'port-taken': [choosePort, restart],
  'folder-taken': [],
  configuration: configurationRemedies,
  crashed: [restart, showLog],
  other: [restart, showLog],
};
