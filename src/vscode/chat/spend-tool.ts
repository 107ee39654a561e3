import * as vscode from 'vscode';
import { l10n } from 'vscode';
import { askGateway, type GatewayAccess } from '../../admin/gateway-client.ts';
import type { Report } from '../../admin/report-routes.ts';
import type { Status } from '../../admin/status-routes.ts';
import { firstDayOf, spendQuestionOf, spendText, type SpendQuestion } from './spend-text.ts';

/** As the manifest names it; users write `#spend`. */
export const spendToolName = 'purser_spend';

export interface SpendPorts {
  readonly access: () => GatewayAccess;
  /** The project that is worked on. */
  readonly project: () => string | undefined;
}

/** Tells a model, or whoever asks it, what was spent on this project and what is left. It changes nothing, so nobody is asked. */
export const spendTool = (ports: SpendPorts): vscode.LanguageModelTool<Partial<SpendQuestion>> => ({
  prepareInvocation: () => ({ invocationMessage: l10n.t("Looking at this project's spend") }),
  async invoke({ input }) {
    const text = await spendSaid(ports, spendQuestionOf(input), new Date());
    return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
  },
});

async function spendSaid({ access, project }: SpendPorts, question: SpendQuestion, now: Date): Promise<string> {
  const gateway = access();
  const id = project();
  const whose = id === undefined ? {} : { project: id };
  const query = new URLSearchParams({ by: question.by, since: firstDayOf(question.range, now), ...whose });
  // Our own gateway's answers, of this very version.
  const [status, report] = (await Promise.all([
    askGateway(gateway, `/purser/status?${new URLSearchParams(whose).toString()}`),
    askGateway(gateway, `/purser/report?${query.toString()}`),
  ])) as [Status, Report];
  return spendText(status, report, question);
}
