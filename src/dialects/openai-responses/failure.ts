import type { Failure } from '../../chat/failure.ts';
import type { SseFrame } from '../../lib/sse.ts';
import { now } from '../openai-chat/answer.ts';
import { newItemId } from './wire.ts';

/**
 * A stream that has begun ends as a failed response, never as a completed one. Clients look at nothing but the type, the
 * status and the error; the counter begins anew, since which answer this ends is not known here.
 */
export function writeStreamFailure(failure: Failure): readonly SseFrame[] {
  const response = {
    id: newItemId('resp'),
    object: 'response',
    created_at: now(),
    status: 'failed',
    error: { code: codeOf(failure), message: failure.message },
    incomplete_details: null,
    output: [],
    usage: null,
  };
  return [
    {
      event: 'response.failed',
      data: JSON.stringify({ type: 'response.failed', sequence_number: 0, response }),
    },
  ];
}

/** A word, which this format wants here, and by which clients decide whether to try again. */
function codeOf({ details, status, kind }: Failure): string {
  if (details.code !== undefined) return details.code;
  if (status === 429) return 'rate_limit_exceeded';
  return status >= 500 ? 'server_error' : kind.replaceAll('-', '_');
}
