import { randomUUID } from 'node:crypto';
import { Failure, invalid } from '../chat/failure.ts';
import { anthropic } from '../dialects/anthropic/anthropic.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import { gemini } from '../dialects/gemini/gemini.ts';
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../dialects/openai-responses/openai-responses.ts';
import { completions } from '../dialects/relayed/completions.ts';
import { embeddings, images, moderations, rerank } from '../dialects/relayed/formats.ts';
import { speech } from '../dialects/relayed/sound.ts';
import { attribute } from '../gateway/attribute.ts';
import { authenticate, type Caller } from '../gateway/authenticate.ts';
import type { Call } from '../gateway/call.ts';
import { plainName } from '../gateway/offered-name.ts';
import type { Ports } from '../gateway/ports.ts';
import { wishesOf } from '../gateway/wishes.ts';
import { refusalOf } from '../keys/virtual-key.ts';
import type { JsonObject } from '../lib/json.ts';
import { Stop } from '../lib/stop.ts';

/** A request that is to be rehearsed. */
export interface Imagined {
  /** Where it would go: `/v1/chat/completions`, `/v1beta/models/gemini-2.5-pro:generateContent`. */
  readonly path: string;
  readonly body: JsonObject;
  /** A key, its hash or its id; the administrator's if absent. */
  readonly key?: string | undefined;
  /** A project's id or name; counts for keys that have none of their own. */
  readonly project?: string | undefined;
}

/** The format that is spoken at a path, with what the path itself says. */
export interface Spoken {
  readonly client: ClientDialect;
  readonly said: JsonObject;
}

const formats: Readonly<Record<string, ClientDialect>> = {
  '/chat/completions': openaiChat,
  '/responses': openaiResponses,
  '/messages': anthropic,
  '/completions': completions,
  '/embeddings': embeddings,
  '/moderations': moderations,
  '/images/generations': images,
  '/rerank': rerank,
  '/audio/speech': speech,
};
const geminiPath = /^\/v1(?:beta)?\/models\/(.+):(generateContent|streamGenerateContent)$/;

/** Throws for a path that no model answers on. */
export function spokenAt(ports: Ports, path: string): Spoken {
  const [name = ''] = path.split('?');
  const found = geminiPath.exec(name);
  if (found !== null)
    return { client: gemini, said: { model: found[1] ?? '', stream: found[2] === 'streamGenerateContent' } };
  const client = formats[name.replace(/^\/v1(?=\/)/, '')];
  if (client === undefined)
    throw invalid(
      `path must be one that a model answers on: /v1${Object.keys(formats).join(', /v1')}, or /v1beta/models/MODEL:generateContent.`,
      'path',
    );
  return { client: client === anthropic ? knowingOffers(ports) : client, said: {} };
}

/** Claude Code sends the name that it was offered a model by. */
const knowingOffers = (ports: Ports): ClientDialect => ({
  ...anthropic,
  outline(body) {
    const outline = anthropic.outline(body);
    return { ...outline, model: plainName(ports, outline.model) };
  },
});

/** The call that this request would be. Throws what its client would be told. */
export function callOf(ports: Ports, { body, key, project }: Imagined, { client, said }: Spoken): Call {
  const caller = callerOf(ports, key);
  const whole = { ...body, ...said };
  const call: Call = {
    id: randomUUID(),
    started: ports.clock.monotonic(),
    ...{ client, caller, body: whole, outline: client.outline(whole) },
    raw: Buffer.from(JSON.stringify(whole)),
    assistant: null,
    session: null,
    // What is tried once shows where it goes.
    wishes: { ...wishesOf({}, client, whole), retries: 0 },
    attribution: attribute(
      ports.sessions,
      { caller, session: null, headers: {}, body: whole, pathProject: project },
      (where) => ports.projects.at(where),
    ),
    signal: new Stop(),
  };
  // Its conversation is looked up as it would be, and nothing is added to it.
  return client === openaiResponses ? { ...ports.threads.joined(call), client } : call;
}

/** The panel knows keys by their hashes, and never their secrets. */
function callerOf(ports: Ports, name: string | undefined): Caller {
  if (name === undefined || name === '') return { id: 'admin', key: undefined, project: null };
  if (name.startsWith('sk-')) return authenticate(ports, name);
  const key = ports.keys.get(name);
  if (key === undefined) throw new Failure('not-found', 'There is no such key.', { param: 'key' });
  const refusal = refusalOf(key, ports.clock.now());
  if (refusal !== undefined) throw refusal;
  return { id: key.id, key, project: key.project };
}
