import type { Express, Request, Response } from 'express';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../chat/failure.ts';
import type { Ports } from '../gateway/ports.ts';
import { wordsElement, type PageLanguage } from '../lib/page-words.ts';
import { guard } from './guard.ts';
import { pageLanguage } from './page-language.ts';
import { refuse } from './refuse.ts';

/** Only its own three files may load, and it may speak to nobody but this gateway. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const pageIn = (spoken: PageLanguage): string => `<!doctype html>
<html lang="${spoken.language}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="icon" href="/ui/purser.svg" />
    <link rel="stylesheet" href="/ui/webview.css" />
    <title>Purser</title>
  </head>
  <body data-panel="browser">
    <div id="panel"></div>
    ${wordsElement(spoken)}<script src="/ui/webview.js"></script>
  </body>
</html>
`;

/** What stands beside the running bundle. */
const files: Readonly<Record<string, string>> = {
  'webview.js': 'text/javascript; charset=utf-8',
  'webview.css': 'text/css; charset=utf-8',
  'purser.svg': 'image/svg+xml',
};

/** The panel for a browser. The page holds nothing: it asks for the admin key, and with it for everything else. */
export function uiRoutes(app: Express, ports: Ports, folder = import.meta.dirname): void {
  const serve =
    (send: (request: Request, response: Response) => Promise<void> | void) =>
    async (request: Request, response: Response): Promise<void> => {
      try {
        guard(request, ports.config());
        response.set({
          'content-security-policy': policy,
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
          'cache-control': 'no-cache',
        });
        await send(request, response);
      } catch (error) {
        refuse(ports, response, error);
      }
    };
  app.get(
    '/ui',
    serve(async (request, response) => {
      const spoken = await pageLanguage(request.headers['accept-language'], folder);
      response.set('vary', 'accept-language').type('html').send(pageIn(spoken));
    }),
  );
  app.get(
    '/ui/:file',
    serve(async ({ params }, response) => {
      const name = String(params['file']);
      const type = Object.hasOwn(files, name) ? files[name] : undefined;
      if (type === undefined) throw missing(name);
      response.type(type).send(await readFile(join(folder, name)));
    }),
  );
}

const missing = (name: string): Failure =>
  new Failure('not-found', `The panel has no file ${name.slice(0, 100)}.`, { code: 'route_not_found' });
