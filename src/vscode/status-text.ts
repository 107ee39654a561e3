import { formatDollars, type NanoUsd } from '../chat/money.ts';
import type { Spent } from '../admin/overview-routes.ts';
import type { GatewayState } from '../windows/gateway-thread.ts';

/** What the status bar item says, in text, on hover and to a screen reader. */
export interface StatusText {
  readonly text: string;
  /** Markdown; nothing in it comes from outside. */
  readonly tooltip: string;
  readonly label: string;
  readonly isError: boolean;
}

export function statusText(state: GatewayState, spent: Spent | undefined): StatusText {
  switch (state.type) {
    case 'starting':
      return plain('$(loading~spin) Purser', 'The gateway is starting');
    case 'stopped':
      return plain('$(circle-slash) Purser', 'The gateway is stopped');
    case 'failed':
      if (state.why === 'folder-taken') return plain('$(pulse) Purser', 'Another Purser has the data of this one');
      return { ...plain('$(error) Purser', troubles[state.why]), isError: true };
    case 'running':
      return spent === undefined
        ? plain('$(pulse) Purser', `The gateway runs${elsewhere(state)} on ${state.url}`)
        : spending(state, spent);
  }
}

const troubles = {
  'port-taken': 'The port of the gateway is taken by another program',
  'other-purser': 'The port of the gateway has the Purser of another editor',
  outdated: 'Another window runs a newer Purser; reload this one',
  configuration: 'The configuration has mistakes',
  crashed: 'The gateway stopped unexpectedly',
  other: 'The gateway could not start',
};

const plain = (text: string, label: string): StatusText => ({
  text,
  label: `Purser: ${label}`,
  tooltip: `**Purser**\n\n${label}.`,
  isError: false,
});

type RunningState = GatewayState & { readonly type: 'running' };

const elsewhere = ({ adopted }: RunningState): string => (adopted ? ' in another window,' : '');

function spending(state: RunningState, { today, month }: Spent): StatusText {
  const [day, days] = [dollars(today), dollars(month)];
  return {
    text: `$(pulse) ${shortDollars(today)}`,
    label: `Purser: ${day} spent today, ${days} this month`,
    tooltip: `**Purser** answers${elsewhere(state)} on \`${state.url}/v1\`\n\nToday ${day}, this month ${days}`,
    isError: false,
  };
}

const dollars = (nano: number): string => formatDollars(nano as NanoUsd);

/** A status bar has no room for millionths. */
const shortDollars = (nano: number): string => (nano > 0 && nano < 1e7 ? '<$0.01' : dollars(nano));
