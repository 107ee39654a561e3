import type { Turn } from '../../chat/chat.ts';
import { defined, isArray, isObject, objectIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { writeAssistant } from './message.ts';
import { readMessages } from './messages.ts';

/**
 * A body to relay whose turns with tool calls have got back what their client left out: reasoning, its details, and the
 * calls' signatures. The same object, and the same messages in it, where nothing was lost.
 */
export function recalled(body: JsonObject, fill: (turn: Turn) => Turn): JsonObject {
  const { messages } = body;
  if (!isArray(messages)) return body;
  const filled = messages.map((message) =>
    isObject(message) && hasCalls(message) ? filledMessage(message, fill) : message,
  );
  return filled.every((message, index) => message === messages[index]) ? body : { ...body, messages: filled };
}

const hasCalls = ({ role, tool_calls }: JsonObject): boolean =>
  role === 'assistant' && isArray(tool_calls) && tool_calls.length > 0;

function filledMessage(message: JsonObject, fill: (turn: Turn) => Turn): JsonObject {
  const turn = turnOf(message);
  const whole = turn && fill(turn);
  if (whole === undefined || whole === turn) return message;
  const { reasoning_content, reasoning_details, tool_calls } = writeAssistant(whole.parts);
  return {
    // What the client says itself stands over it; thoughts that came back unsigned are those that the details seal.
    ...defined({ reasoning_content, reasoning_details }),
    ...message,
    tool_calls: signedCalls(message.tool_calls, tool_calls),
  };
}

/** Undefined for a message that only its provider understands. */
function turnOf(message: JsonObject): Turn | undefined {
  try {
    return readMessages([message])[0];
  } catch {
    return undefined;
  }
}

function signedCalls(calls: Json | undefined, whole: Json | undefined): Json | undefined {
  if (!isArray(calls) || !isArray(whole)) return calls;
  return calls.map((call, index) => {
    const { extra_content } = objectIn(whole[index]);
    return isObject(call) && call.extra_content === undefined && extra_content !== undefined
      ? { ...call, extra_content }
      : call;
  });
}
