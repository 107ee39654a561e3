import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as ts from 'typescript';

export const root = resolve(import.meta.dirname, '../..');

/** Sentences that are looked up, and places where one is asked for that cannot be found here. */
export interface Found {
  readonly sentences: readonly string[];
  readonly unclear: readonly string[];
}

/** What the page and the editor's part say: every sentence that `t`, `plural` or `l10n.t` is called with, sorted. */
export function sentencesInSources(): Found {
  const files = [...filesIn('webview-ui'), ...filesIn('src/vscode'), 'src/extension.ts'];
  const all = files.map((file) => sentencesIn(file, readFileSync(join(root, file), 'utf8')));
  return {
    sentences: [...new Set(all.flatMap(({ sentences }) => sentences))].sort((a, b) => (a < b ? -1 : 1)),
    unclear: all.flatMap(({ unclear }) => unclear),
  };
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`);

/** How many of a function's first arguments are sentences, and where they begin. */
const functions: Readonly<Record<string, readonly number[]>> = {
  t: [0],
  'l10n.t': [0],
  'words.t': [0],
  plural: [1, 2],
};

export function sentencesIn(file: string, text: string): Found {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const sentences: string[] = [];
  const unclear: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const name = node.expression.getText(source).replace(/^vscode\./, '');
      for (const place of Object.hasOwn(functions, name) ? (functions[name] ?? []) : []) {
        const argument = node.arguments[place];
        if (argument !== undefined && ts.isStringLiteralLike(argument)) sentences.push(argument.text);
        else if (file !== 'webview-ui/l10n.ts')
          unclear.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { sentences, unclear };
}

export const bundleFile = join(root, 'l10n/bundle.l10n.json');

/** As the file has it. */
export const bundleText = (sentences: readonly string[]): string =>
  `${JSON.stringify(Object.fromEntries(sentences.map((sentence) => [sentence, sentence])), null, 2)}\n`;
