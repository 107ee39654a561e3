import { randomBytes } from 'node:crypto';
import { english, wordsElement, type PageLanguage } from '../lib/page-words.ts';

/** The small view beside the code, or the whole panel in an editor tab. */
export type PanelKind = 'sidebar' | 'tab';

export interface PageParts {
  readonly script: string;
  readonly style: string;
  /** What VS Code serves the page's own files from. */
  readonly cspSource: string;
  readonly kind: PanelKind;
  /** English unless said. */
  readonly spoken?: PageLanguage;
}

/** The page around the bundled script. Nothing but its own two files may load, and it may reach no address at all. */
export function pageOf({ script, style, cspSource, kind, spoken = english }: PageParts): string {
  const nonce = randomBytes(18).toString('base64url');
  const policy = `default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="${spoken.language}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${style}" />
    <title>Purser</title>
  </head>
  <body data-panel="${kind}">
    <div id="panel"></div>
    ${wordsElement(spoken)}<script nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}
