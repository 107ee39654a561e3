import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The command lines that the tests drive: exact versions, several hundred megabytes each, so in no `node_modules` of ours. */
export const assistants = {
  'claude-code': { package: '@anthropic-ai/claude-code', version: '2.1.330', command: 'claude' },
  codex: { package: '@openai/codex', version: '0.169.0', command: 'codex' },
} as const;
export type AssistantName = keyof typeof assistants;

/** Where they are kept between runs. */
const cache =
  process.env['PURSER_ASSISTANTS'] ||
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'purser-assistants');

const folderOf = (name: AssistantName): string => join(cache, `${name}-${assistants[name].version}`);
export const commandOf = (name: AssistantName): string =>
  join(folderOf(name), 'node_modules/.bin', assistants[name].command);

export const isInstalled = (name: AssistantName): boolean => existsSync(commandOf(name));

/** Installs what is missing. */
export function installAssistants(): void {
  for (const name of Object.keys(assistants) as readonly AssistantName[]) {
    if (isInstalled(name)) continue;
    const folder = folderOf(name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const wanted = `${assistants[name].package}@${assistants[name].version}`;
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', wanted], {
      cwd: folder,
      stdio: 'inherit',
    });
  }
}

/** One run of an assistant, told what to do once and not asked again. */
export interface Run {
  readonly url: string;
  readonly key: string;
  readonly model: string;
  readonly prompt: string;
  /** Where it works, and an empty folder that it takes for its user's. */
  readonly folder: string;
  readonly home: string;
}

export interface Ran {
  readonly code: number | null;
  /** What it printed, with its complaints. */
  readonly output: string;
  readonly milliseconds: number;
}

export const runAssistant = (name: AssistantName, run: Run): Promise<Ran> =>
  started(name, name === 'codex' ? codex(run) : claudeCode(run), run);

/** The same for one that finds address, key and model in its own files. */
export const runConnected = (name: AssistantName, run: Pick<Run, 'prompt' | 'folder' | 'home'>): Promise<Ran> =>
  started(name, name === 'codex' ? codexCall(run.prompt) : claudeCodeCall(run.prompt), run);

/** Runs it in a home of its own, with loopback as the only network that it can reach, and ends it after a minute. */
async function started(
  name: AssistantName,
  { args, variables }: Start,
  { folder, home }: Pick<Run, 'folder' | 'home'>,
): Promise<Ran> {
  const nowhere = 'http://127.0.0.1:9';
  const begun = performance.now();
  const child = spawn(commandOf(name), args, {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      TMPDIR: home,
      TERM: 'dumb',
      NO_COLOR: '1',
      DO_NOT_TRACK: '1',
      ...{ HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, http_proxy: nowhere, https_proxy: nowhere },
      ...{ NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => void (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, milliseconds: performance.now() - begun };
}

/** How to start one, and with which environment. */
interface Start {
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

const claudeCodeCall = (prompt: string): Start => ({
  args: ['-p', prompt, '--allowedTools', 'Read', '--max-turns', '6'],
  variables: {
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
  },
});

const claudeCode = ({ url, key, model, prompt }: Run): Start => {
  const { args, variables } = claudeCodeCall(prompt);
  return {
    args: [...args, '--model', model],
    variables: {
      ...variables,
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
    },
  };
};

const codexCall = (prompt: string): Start => ({
  args: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '--color', 'never', prompt],
  variables: {},
});

function codex({ url, key, model, prompt, home }: Run): Start {
  const settings = `
model = "${model}"
model_provider = "purser"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.purser]
name = "Purser"
base_url = "${url}/v1"
wire_api = "responses"
env_key = "PURSER_KEY"
request_max_retries = 2
stream_max_retries = 2
`;
  mkdirSync(join(home, '.codex'));
  writeFileSync(join(home, '.codex/config.toml'), settings);
  return { ...codexCall(prompt), variables: { PURSER_KEY: key, CODEX_HOME: join(home, '.codex') } };
}
