import { hash } from 'node:crypto';
import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import { toDollars, type NanoUsd } from '../../chat/money.ts';
import type { Assistant } from '../../connect/assistant.ts';
import { firstCallOf, type FirstCall } from '../../connect/first-call.ts';

const everyMs = 2_000;
const patienceMs = 10 * 60_000;

export interface Listening {
  readonly key: string;
  /** Whether other assistants have the same key. */
  readonly isShared: boolean;
  /** Whether there is still something to wait for. */
  readonly isConnected: () => Promise<boolean>;
}

/** Says what is left to do by hand, and ticks the assistant off once its first call is booked. */
export async function awaitFirstCall(
  gateway: GatewayAccess,
  assistant: Assistant,
  listening: Listening,
): Promise<void> {
  const { title, then } = assistant;
  const options = { location: vscode.ProgressLocation.Notification, title: `Purser: ${title}`, cancellable: true };
  const found = await vscode.window.withProgress(options, async (progress, token) => {
    progress.report({ message: l10n.t('{0} Waiting for its first call...', then) });
    return heard(gateway, assistant, listening, token);
  });
  if (found === undefined) return;
  const message =
    found.failure === undefined
      ? connectedText(title, found)
      : l10n.t(
          'Purser: {0} has reached the gateway, but its first call failed ({1}). The log has the details.',
          ...[title, found.failure],
        );
  void vscode.window.showInformationMessage(message);
}

async function heard(
  gateway: GatewayAccess,
  assistant: Assistant,
  { key, isShared, isConnected }: Listening,
  token: vscode.CancellationToken,
): Promise<FirstCall | undefined> {
  const since = Date.now();
  const query = new URLSearchParams({ key: hash('sha256', key), since: String(since), limit: '100' });
  while (!token.isCancellationRequested && Date.now() - since < patienceMs && (await isConnected())) {
    const rows = await askGateway(gateway, `/purser/rows?${query.toString()}`).catch(() => undefined);
    const found = firstCallOf(rows, assistant, isShared);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return undefined;
}

const connectedText = (title: string, { model, cost }: FirstCall): string =>
  cost === undefined
    ? l10n.t('Purser: {0} is connected. Its first call was to {1}, whose price is not known.', title, model)
    : l10n.t('Purser: {0} is connected. Its first call, to {1}, cost {2}.', title, model, dollars(cost));

const dollars = (cost: number): string => `$${toDollars(cost as NanoUsd).toFixed(4)}`;
