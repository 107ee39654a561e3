import type { Evidence } from '../ledger/records.ts';
import { objectIn, stringIn, type Json, type JsonObject } from '../lib/json.ts';
import type { Headers } from './sink.ts';

/** What a client sent and was told in one call, without secrets. */
export interface KeptBody {
  readonly call: string;
  readonly key: string;
  readonly at: number;
  /** The client's format. */
  readonly dialect: string;
  readonly model: string;
  readonly stream: boolean;
  /** The body was a form, of whose files only the names and sizes are kept. */
  readonly form: boolean;
  readonly project: string | null;
  readonly evidence: Evidence | null;
  /** Of the request's headers and query what belongs to its format. */
  readonly forwarded: Headers;
  readonly query: string | null;
  readonly request: JsonObject;
  /** In the client's format, a stream put together; null where nothing was sent. */
  readonly answer: Json;
  /** Why it failed: a whole sentence. */
  readonly failure: string | null;
  /** Something of it was too long to be kept whole. */
  readonly requestCut: boolean;
  readonly answerCut: boolean;
}

export const keptJson = (body: KeptBody): JsonObject => ({ ...body, forwarded: { ...body.forwarded } });

/** From disk: what is not there is blank. */
export const readKept = (json: JsonObject): KeptBody => ({
  call: stringIn(json['call']) ?? '',
  key: stringIn(json['key']) ?? '',
  at: Number(json['at'] ?? 0),
  dialect: stringIn(json['dialect']) ?? '',
  model: stringIn(json['model']) ?? '',
  stream: json['stream'] === true,
  form: json['form'] === true,
  project: stringIn(json['project']) ?? null,
  evidence: (stringIn(json['evidence']) as Evidence | undefined) ?? null,
  forwarded: Object.fromEntries(
    Object.entries(objectIn(json['forwarded'])).filter((one): one is [string, string] => typeof one[1] === 'string'),
  ),
  query: stringIn(json['query']) ?? null,
  request: objectIn(json['request']),
  answer: json['answer'] ?? null,
  failure: stringIn(json['failure']) ?? null,
  requestCut: json['requestCut'] === true,
  answerCut: json['answerCut'] === true,
});
