import { basename, dirname } from 'node:path';
import {
  Disposable,
  languages,
  RelativePattern,
  Uri,
  workspace,
  type DocumentSelector,
  type TextDocument,
} from 'vscode';

/** Purser's own configuration, and what looks like a gateway's in any folder. */
export function configurationDocuments(configFile: string): DocumentSelector {
  const own = new RelativePattern(Uri.file(dirname(configFile)), basename(configFile));
  return [
    { scheme: 'file', pattern: own },
    { scheme: 'file', pattern: '**/{litellm,purser}*.{yaml,yml}' },
    { scheme: 'file', pattern: '**/proxy_config*.{yaml,yml}' },
  ];
}

/** Loads what is only needed once such a document is open, at the first of them. */
export function whenOpened(selector: DocumentSelector, load: () => Promise<Disposable>): Disposable {
  let loaded: Promise<Disposable> | undefined;
  const look = (document: TextDocument): void => {
    if (loaded === undefined && languages.match(selector, document) > 0) loaded = load();
  };
  const watch = workspace.onDidOpenTextDocument(look);
  workspace.textDocuments.forEach(look);
  return new Disposable(() => {
    watch.dispose();
    void loaded?.then((one) => void one.dispose());
  });
}
