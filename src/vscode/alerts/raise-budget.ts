import * as vscode from 'vscode';
import { l10n } from 'vscode';
import type { Budget } from '../../admin/contract.ts';
import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import { Failure } from '../../chat/failure.ts';
import { formatDollars, nanoUsd, type NanoUsd } from '../../chat/money.ts';
import { objectIn } from '../../lib/json.ts';
import { configurationOf, editConfiguration } from '../configuration/edit-configuration.ts';
import { ownerOf, termsPathOf, updateOf } from './budget-owner.ts';
import { dollarsIn, raisedTerms, type Wanted } from './raise-plan.ts';

/** As much of a budget as raising it needs. Amounts are nano-dollars, times milliseconds since the epoch. */
export type Raisable = Pick<Budget, 'scope' | 'title' | 'max' | 'spent' | 'duration'> & {
  readonly until: number | null;
};

export interface RaisePorts {
  readonly access: () => GatewayAccess;
}

/** Asks how much more and until when, and raises the budget. Tells whether it did. */
export async function raiseBudget(ports: RaisePorts, budget: Raisable): Promise<boolean> {
  const owner = ownerOf(budget.scope);
  if (owner.type === 'configured') {
    await vscode.commands.executeCommand('purser.openConfiguration');
    return false;
  }
  const isForGood = owner.type === 'gateway' || owner.model !== undefined;
  const wanted = await askFor(budget, isForGood);
  if (wanted === undefined) return false;
  if (owner.type === 'gateway') await raiseInConfiguration(ports.access(), budget, wanted.amount);
  else {
    const terms = objectIn(await askGateway(ports.access(), termsPathOf(owner)));
    const row = objectIn(terms[owner.type === 'key' ? 'info' : 'team_info']);
    const { path, body } = updateOf(owner, raisedTerms(row, { ...budget, ...owner }, wanted, Date.now()));
    await askGateway(ports.access(), path, body);
  }
  const more = formatDollars((wanted.amount * 1e9) as NanoUsd);
  vscode.window.setStatusBarMessage(`$(check) ${l10n.t('{0} more for {1}', more, budget.title)}`, 5_000);
  return true;
}

async function askFor(budget: Raisable, isForGood: boolean): Promise<Wanted | undefined> {
  const title = l10n.t('Purser: Raise the Budget of {0}', budget.title);
  const [spent, max] = [dollars(budget.spent), dollars(budget.max)];
  const text = await vscode.window.showInputBox({
    title,
    prompt: l10n.t('{0} of {1} are spent. How many dollars more?', spent, max),
    value: String(Math.max(1, Math.round(budget.max / 4e9))),
    ignoreFocusOut: true,
    validateInput: (typed) =>
      dollarsIn(typed) === undefined ? l10n.t('An amount such as 5 or 2.50 is needed.') : undefined,
  });
  const amount = text === undefined ? undefined : dollarsIn(text);
  if (amount === undefined) return undefined;
  if (isForGood) return { amount, until: null };
  const picked = await vscode.window.showQuickPick(endsOf(budget), { title, placeHolder: l10n.t('Until when?') });
  return picked && { amount, until: picked.until };
}

interface EndPick extends vscode.QuickPickItem {
  readonly until: number | null;
}

function endsOf({ until }: Raisable): readonly EndPick[] {
  const now = Date.now();
  const after = (label: string, days: number): EndPick => {
    const end = now + days * 86_400_000;
    return { label, description: time(end), until: end };
  };
  return [
    ...(until === null ? [] : [{ label: l10n.t('Until it resets'), description: time(until), until }]),
    after(l10n.t('For a day'), 1),
    after(l10n.t('For a week'), 7),
    after(l10n.t('For thirty days'), 30),
    { label: l10n.t('For good'), description: l10n.t('the budget itself is raised'), until: null },
  ];
}

/** The gateway's budget stands in the configuration. */
async function raiseInConfiguration(access: GatewayAccess, budget: Raisable, amount: number): Promise<void> {
  const { budgets } = await configurationOf(access);
  const stands = budgets.max_budget ?? undefined;
  if (stands === undefined || nanoUsd(stands * 1e9) !== budget.max) {
    await vscode.commands.executeCommand('purser.openConfiguration');
    const text = l10n.t(
      'This budget of {0} stands elsewhere in the configuration: change it there.',
      dollars(budget.max),
    );
    throw new Failure('invalid-request', text);
  }
  const max_budget = Number((stands + amount).toFixed(6));
  await editConfiguration(access, [{ type: 'budgets', values: { max_budget } }]);
}

const dollars = (nano: number): string => formatDollars(nano as NanoUsd);
const time = (at: number): string => new Date(at).toLocaleString(vscode.env.language, when);
const when = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
