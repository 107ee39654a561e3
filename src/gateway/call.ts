import type { ClientDialect, Outline } from '../dialects/dialect.ts';
import type { Form } from '../lib/form.ts';
import type { JsonObject } from '../lib/json.ts';
import type { StopSignal } from '../lib/stop.ts';
import type { Caller } from './authenticate.ts';
import type { Attribution } from './project-evidence.ts';
import type { Headers } from './sink.ts';
import type { Wishes } from './wishes.ts';

/** One request of a client, as far as HTTP has read it. */
export interface Call {
  /** A UUID: the row's id, and the header x-litellm-call-id. */
  readonly id: string;
  /** When it came, on the monotonic clock. */
  readonly started: number;
  readonly client: ClientDialect;
  readonly caller: Caller;
  /** The body's bytes, decompressed, and what they parse to. */
  readonly raw: Buffer;
  readonly body: JsonObject;
  /** Where the body is a form with files: `body` is then its fields. */
  readonly form?: Form;
  readonly outline: Outline;
  readonly assistant: string | null;
  readonly session: string | null;
  readonly wishes: Wishes;
  /** Whose project it is, and what told. */
  readonly attribution: Attribution;
  /** The client's headers that belong to its format: they go on to a provider that speaks the same. */
  readonly forwarded?: Headers;
  /** The query that belongs to its format, which goes on in the same way. */
  readonly query?: string;
  /** Aborts when the client goes away. */
  readonly signal: StopSignal;
}
