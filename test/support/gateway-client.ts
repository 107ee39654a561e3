import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { objectIn, objectsIn, type JsonObject } from '../../src/lib/json.ts';

/** The admin key of the gateways under test. */
export const adminKey = 'sk-admin-of-the-tests-0001';

interface ModelEntry {
  readonly model_name: string;
  readonly litellm_params: JsonObject;
  readonly model_info?: JsonObject;
}

/** A configuration as YAML, which JSON is, with the admin key of the tests. */
export const configText = (models: readonly ModelEntry[], more: JsonObject = {}): string =>
  JSON.stringify(
    { ...more, model_list: models, general_settings: { master_key: adminKey, ...objectIn(more['general_settings']) } },
    null,
    2,
  );

/** A model of OpenAI's at the fake provider: 1,000 nano-dollars a token in, 2,000 out. */
export const openaiModel = (name: string, base: string, more: JsonObject = {}): ModelEntry => ({
  model_name: name,
  litellm_params: {
    model: 'openai/gpt-4o',
    api_key: 'sk-provider-key-of-the-tests',
    api_base: base,
    input_cost_per_token: 0.000001,
    output_cost_per_token: 0.000002,
    ...more,
  },
});

/** A model of Anthropic's at the fake provider, at the same prices. */
export const anthropicModel = (name: string, base: string, more: JsonObject = {}): ModelEntry =>
  openaiModel(name, base, { model: 'anthropic/claude-sonnet-4-5', ...more });

/** A model of Google's at the fake provider, at the same prices. */
export const geminiModel = (name: string, base: string, more: JsonObject = {}): ModelEntry =>
  openaiModel(name, `${base}/v1beta`, { model: 'gemini/gemini-2.5-flash', ...more });

/** OpenAI's own client; it tries nothing twice unless told to. */
export const openai = (url: string, apiKey: string, maxRetries = 0): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries });

/** An answer of the gateway's, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: JsonObject;
}

/** What `send` needs besides the place. */
export interface Asking {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request, with a JSON body where there is one, as curl would send it. */
export async function send(url: string, { key, body, headers }: Asking = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const said = await response.text();
  return { status: response.status, headers: response.headers, text: said, body: bodyIn(said) };
}

function bodyIn(text: string): JsonObject {
  try {
    return objectIn(JSON.parse(text));
  } catch {
    return {};
  }
}

/** A management request of the administrator's that must succeed. */
export async function manage(url: string, path: string, body?: unknown): Promise<JsonObject> {
  const answer = await send(`${url}${path}`, { key: adminKey, ...(body === undefined ? {} : { body }) });
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

/** A text that must be one. */
export function text(value: unknown): string {
  assert.ok(typeof value === 'string', JSON.stringify(value));
  return value;
}

/** A new virtual key with these settings. */
export async function newKey(url: string, settings: JsonObject = {}): Promise<string> {
  return text((await manage(url, '/key/generate', settings))['key']);
}

/** The smallest chat request. */
export const hello = (model: string, more: JsonObject = {}): JsonObject => ({
  model,
  messages: [{ role: 'user', content: 'Hello' }],
  ...more,
});

/** One chat call, whatever becomes of it. */
export const chat = (url: string, key: string, body: JsonObject): Promise<Answer> =>
  send(`${url}/v1/chat/completions`, { key, body });

/** The ledger's rows of one call, or of all, newest first. */
export const rowsOf = (url: string, call?: string): Promise<readonly JsonObject[]> =>
  pagesOf(url, call === undefined ? {} : { call });

/** The ledger's rows of one key, however many there are. */
export const rowsOfKey = (url: string, key: string): Promise<readonly JsonObject[]> => pagesOf(url, { key });

async function pagesOf(url: string, filter: Readonly<Record<string, string>>): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  for (let after: unknown = ''; typeof after === 'string';) {
    const query = new URLSearchParams({ ...filter, limit: '1000', ...(after !== '' && { after }) });
    const page = await manage(url, `/purser/rows?${query.toString()}`);
    rows.push(...objectsIn(page['rows']));
    after = page['next'];
  }
  return rows;
}
