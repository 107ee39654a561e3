import type { JsonObject } from '../../lib/json.ts';

/** A content block as Anthropic's Messages API sends it: every member may be missing, and of many kinds only `type` is read. */
export interface WireBlock {
  readonly type?: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly signature?: string;
  /** Of redacted thinking. */
  readonly data?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: JsonObject;
  /** Which code called the tool, where it was not the model itself. */
  readonly caller?: JsonObject;
  readonly citations?: readonly JsonObject[] | null;
}

export interface WireDelta {
  readonly type?: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly signature?: string;
  readonly partial_json?: string;
  readonly citation?: JsonObject;
}

export interface WireMessage {
  readonly id?: string;
  readonly model?: string;
  readonly usage?: JsonObject;
}

/** One event of a stream, as https://docs.anthropic.com/en/docs/build-with-claude/streaming describes them. */
export type WireEvent =
  | { readonly type: 'message_start'; readonly message?: WireMessage }
  | { readonly type: 'content_block_start'; readonly index: number; readonly content_block?: WireBlock }
  | { readonly type: 'content_block_delta'; readonly index: number; readonly delta?: WireDelta }
  | { readonly type: 'content_block_stop'; readonly index: number }
  | { readonly type: 'message_delta'; readonly delta?: JsonObject; readonly usage?: JsonObject }
  | { readonly type: 'message_stop' }
  | { readonly type: 'error'; readonly error?: JsonObject }
  | { readonly type: 'ping' };

/** What only Anthropic knows about a part, an answer or a citation, kept under its name. */
export const ownExtras = (facts: JsonObject): { readonly extras: { readonly anthropic: JsonObject } } => ({
  extras: { anthropic: facts },
});
