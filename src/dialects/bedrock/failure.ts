import type { Failure } from '../../chat/failure.ts';
import { isObject, parseJson, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Refusal } from '../dialect.ts';
import { failureInAnswer, readRefusalWith } from '../refusal.ts';

/** AWS names the kind of error in a header, before a colon (`ThrottlingException:http://...`), some services in the body. */
export function readRefusal(refusal: Refusal): Failure {
  const body = parseJson(refusal.body);
  if (!isObject(body)) return readRefusalWith(refusal);
  const word = refusal.headers['x-amzn-errortype'] ?? stringIn(body.__type) ?? stringIn(body.code) ?? '';
  const type = word.replace(/:.*$/, '').replace(/^.*#/, '');
  const message = stringIn(body.message) ?? stringIn(body.Message) ?? '';
  return readRefusalWith({ ...refusal, body: JSON.stringify({ message, type }) });
}

/** An exception that comes as an event; `type` is its name. */
export const failureInStream = (type: string, { message }: JsonObject): Failure =>
  failureInAnswer({ message: stringIn(message) ?? '', type });
