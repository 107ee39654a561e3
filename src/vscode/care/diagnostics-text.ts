import type { Redact } from '../../lib/redact.ts';

/** What is known of an installation that may help to find a fault in it. */
export interface Diagnostics {
  /** Names and values, in the order in which they are shown. */
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly gateway: Readonly<Record<string, unknown>>;
  /** The file's text without its secrets; undefined where there is none. */
  readonly configuration: string | undefined;
  readonly providers: readonly Provider[];
  readonly files: readonly File[];
  /** The newest lines of the log that tell of trouble. */
  readonly troubles: readonly string[];
}

interface Provider {
  readonly title: string;
  readonly account: string;
  /** `set`, `missing`, `not needed`. */
  readonly key: string;
  readonly models: number;
  readonly lastError: string | undefined;
}

interface File {
  readonly name: string;
  readonly bytes: number;
}

/** As Markdown. No key and no prompt is in it, whatever the parts hold. */
export function diagnosticsText(parts: Diagnostics, redact: Redact): string {
  const { versions, settings, gateway, configuration, providers, files, troubles } = parts;
  const text = [
    '# Purser diagnostics',
    list(versions),
    '## Gateway',
    list(gateway),
    '## Settings',
    fenced('json', JSON.stringify(settings, undefined, 2)),
    '## Providers',
    providers.length === 0 ? 'None.' : providers.map(providerLine).join('\n'),
    '## Configuration',
    configuration === undefined ? 'There is no file; the built-in models are offered.' : fenced('yaml', configuration),
    '## Data',
    files.length === 0 ? 'None.' : files.map(({ name, bytes }) => `- ${name}: ${sizeOf(bytes)}`).join('\n'),
    '## Newest troubles',
    troubles.length === 0 ? 'None.' : fenced('', troubles.join('\n')),
  ].join('\n\n');
  return `${redact(text)}\n`;
}

const list = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([name, value]) => `- ${name}: ${String(value)}`)
    .join('\n');

const providerLine = ({ title, account, key, models, lastError }: Provider): string =>
  `- ${title} (${account}): key ${key}, deployments: ${models}${lastError === undefined ? '' : `; last error: ${lastError}`}`;

/** What is fenced cannot end its fence. */
const fenced = (language: string, text: string): string => `~~~~${language}\n${text.replaceAll('~~~~', '~~~')}\n~~~~`;

const sizeOf = (bytes: number): string =>
  bytes < 10_240 ? `${bytes} bytes` : `${(bytes / 1024 / 1024).toFixed(2)} MB`;
