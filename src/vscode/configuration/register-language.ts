import {
  commands,
  Disposable,
  Hover,
  languages,
  MarkdownString,
  Range,
  type DocumentSelector,
  type SecretStorage,
  type TextDocument,
} from 'vscode';
import { explanationAt } from './explain.ts';
import { completions } from './completions.ts';
import { diagnostics } from './diagnostics.ts';
import { moveSecret } from './move-secret.ts';
import type { ModelBook } from './model-book.ts';
import { quickFixes } from './quick-fixes.ts';
import type { RemarkPorts } from './remarks.ts';
import type { KnownVariable } from './suggest.ts';

export interface LanguagePorts {
  readonly selector: DocumentSelector;
  readonly secrets: SecretStorage;
  readonly models: () => Promise<ModelBook>;
  /** Where keys are found. */
  readonly variables: () => Promise<readonly KnownVariable[]>;
  /** What a document is looked at with; its file may have a `.env` beside it. */
  readonly remarkPorts: (document: TextDocument) => Promise<RemarkPorts>;
}

/** Completion, hovers, squiggles and quick fixes for LiteLLM's YAML. */
export function registerLanguage(ports: LanguagePorts): Disposable {
  const { selector, secrets } = ports;
  const remarked = diagnostics(ports);
  return Disposable.from(
    remarked,
    languages.registerCompletionItemProvider(selector, completions(ports), '/', ' ', ':', '-'),
    languages.registerHoverProvider(selector, {
      provideHover: (document, position) => hover(ports, document, position),
    }),
    languages.registerCodeActionsProvider(selector, quickFixes(remarked.of)),
    commands.registerCommand('purser.moveSecret', (uri, at, variable) => moveSecret(secrets, { uri, at, variable })),
  );
}

async function hover(
  { models, variables }: LanguagePorts,
  document: TextDocument,
  position: Parameters<TextDocument['offsetAt']>[0],
): Promise<Hover | undefined> {
  const ports = { models: await models(), variables: await variables() };
  const found = explanationAt(document.getText(), document.offsetAt(position), ports);
  if (found === undefined) return undefined;
  const range = new Range(document.positionAt(found.from), document.positionAt(found.to));
  return new Hover(new MarkdownString(found.markdown), range);
}
