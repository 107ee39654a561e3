import type { ProviderDialect } from '../dialects/dialect.ts';
import type { AwsAccount } from '../lib/aws-account.ts';
import type { JsonObject } from '../lib/json.ts';
import type { BalanceSource } from './balance.ts';

/** What a provider needs to know about a deployment to address a call. */
export interface Target {
  /** The provider's own model id. */
  readonly model: string;
  /** As configured, else the provider's; no slash at the end. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly apiVersion: string | undefined;
  readonly organization: string | undefined;
  readonly aws: AwsAccount | undefined;
  readonly stream: boolean;
  /** Whether `baseUrl` was configured: another server that speaks this provider's format may accept more fields. */
  readonly ownBase: boolean;
}

/** A request as it will go out, to be signed. */
export interface Unsigned {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A wire format as it is spoken at a provider: where, and what differs there. */
export interface Spoken {
  readonly dialect: ProviderDialect;
  readonly url: (target: Target) => string;
  /** The provider's own if absent. */
  readonly headers?: (target: Target) => Readonly<Record<string, string>>;
  /** Where it counts the tokens of a prompt, without answering it. */
  readonly countUrl?: (target: Target) => string;
  /** Top-level body fields that the provider refuses, or that are not its own: dropped under drop_params, else a 400 that names them. */
  readonly refuses?: (target: Target, body: JsonObject) => readonly string[];
  /** Small changes to a body of the dialect. Returns the same object when there is nothing to change, and keeps the identity of members it leaves alone. */
  readonly adjust?: (body: JsonObject, target: Target) => JsonObject;
  /** Wants back what it thought with the calls of tools, which many clients leave out: remembered here also where it is relayed. */
  readonly recalls?: (target: Target) => boolean;
  /** Its answers are not quite its dialect's, so that they are read and written anew, also for a client of the same dialect. */
  readonly deviates?: true;
}

/** A place to send requests. A provider is data: what differs is a field here, or it is a new dialect. */
export interface Provider extends Spoken {
  /** LiteLLM's prefix: `groq` in `groq/llama3-70b-8192`. */
  readonly name: string;
  /** As people write it: `Groq`. */
  readonly title: string;
  /** Further dialects that this provider speaks itself, preferred when the client speaks one of them: also its routes beside the chat. */
  readonly speaks?: readonly Spoken[];
  /** Absent where only a configured `api_base` can tell. */
  readonly baseUrl?: string;
  /** Environment variables that hold the key, the usual one first. */
  readonly keyVariables: readonly string[];
  /** A local server: needs no key, and costs nothing unless the configuration gives a price. */
  readonly local?: true;
  /** Called with an AWS account's keys. */
  readonly aws?: true;
  readonly headers: (target: Target) => Readonly<Record<string, string>>;
  /** The headers with a signature over the whole request, where the key itself is not sent. */
  readonly sign?: (request: Unsigned, target: Target) => Promise<Readonly<Record<string, string>>>;
  /** The provider's id in the price table; `name` if absent. */
  readonly priceId?: string;
  /** Where its list of models is, for discovery: an OpenAI-shaped, Gemini-shaped or Ollama-shaped list. */
  readonly modelsUrl?: (target: Target) => string;
  /** Where it tells what is left on an account: the first of these that says something. */
  readonly balance?: readonly BalanceSource[];
  /** A free call that only a good key gets an answer to, where the list of models is for everyone. */
  readonly keyUrl?: (target: Target) => string;
}
