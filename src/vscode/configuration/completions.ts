import {
  CompletionItem,
  CompletionItemKind,
  CompletionList,
  MarkdownString,
  Range,
  SnippetString,
  type CompletionItemProvider,
} from 'vscode';
import type { LanguagePorts } from './register-language.ts';
import { suggestionsAt, type Suggestion } from './suggest.ts';

export const completions = ({
  models,
  variables,
}: Pick<LanguagePorts, 'models' | 'variables'>): CompletionItemProvider => ({
  async provideCompletionItems(document, position) {
    const ports = { models: await models(), variables: await variables() };
    const found = suggestionsAt(document.getText(), document.offsetAt(position), ports);
    if (found === undefined) return undefined;
    const { from, to, items } = found;
    const range = new Range(document.positionAt(from), document.positionAt(to));
    // After a slash there is more to choose from.
    return new CompletionList(
      items.map((one, index) => itemOf(one, index, range)),
      true,
    );
  },
});

function itemOf(suggestion: Suggestion, index: number, range: Range): CompletionItem {
  const { label, kind, detail, documentation, insert, isSnippet, isFirst, asksOn } = suggestion;
  const item = new CompletionItem(label, kinds[kind]);
  item.range = range;
  item.insertText = isSnippet ? new SnippetString(insert) : insert;
  item.sortText = `${isFirst ? 0 : 1}${String(index).padStart(5, '0')}`;
  if (detail !== undefined) item.detail = detail;
  if (documentation !== undefined) item.documentation = new MarkdownString(documentation);
  if (asksOn) item.command = { command: 'editor.action.triggerSuggest', title: '' };
  return item;
}

const kinds: Record<Suggestion['kind'], CompletionItemKind> = {
  key: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  model: CompletionItemKind.Value,
  provider: CompletionItemKind.Module,
  variable: CompletionItemKind.Variable,
};
