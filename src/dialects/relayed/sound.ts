import type { ChatEvent, Usage } from '../../chat/chat.ts';
import { noUsage } from '../../chat/chat.ts';
import { isObject, numberIn, objectIn, objectsIn, parseJson, stringIn } from '../../lib/json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { SseFrame } from '../../lib/sse.ts';
import type { Dialect, DialectName } from '../dialect.ts';
import { failureInAnswer } from '../refusal.ts';
import { relayed, usageIn } from './relayed.ts';

/** What the formats of sound have in common: answers of any type, streams of their own, and no words for a failure midway. */
const sound = {
  signs: ['.done"', '"error"', '"finish_reason":"'],
  isLast: ({ data }: SseFrame): boolean =>
    /"(transcript\.text|transcription|speech\.audio)\.done"|^\[DONE\]$/.test(data),
  streamReader,
  // A file that breaks off must not look whole, so the connection is cut.
  writeStreamFailure: () => [],
} satisfies Partial<Dialect>;

/** Slow speech has as many tokens of sound for each character (OpenAI's are some 21 a second, at the least 4 characters). */
const tokensPerCharacter = 5;

/** Speech of a text: https://platform.openai.com/docs/api-reference/audio/createSpeech */
export const speech: Dialect = {
  ...relayed({
    name: 'openai-speech',
    route: '/v1/audio/speech',
    outline: (body) => {
      const { length } = stringIn(body.input) ?? '';
      return {
        stream: body.stream_format === 'sse',
        wantsUsage: true,
        characters: length,
        maxOutput: length * tokensPerCharacter,
        indivisible: true,
        unbounded: 'speech, whose length is known when it has been spoken',
      };
    },
    read: ({ input, instructions }) => [input ?? '', instructions ?? ''],
    usage: usageIn,
  }),
  ...sound,
  usageOfBytes: (_answer, _type, { input }) => ({ ...noUsage, characters: (stringIn(input) ?? '').length }),
};

/** Nobody records speech with fewer bytes for a second. */
const bytesPerSecond = 1_000;
/** What is heard and what is written of a second of speech, at the most. */
const tokensPerSecond = 30;

const heard = (name: DialectName, route: string): Dialect => ({
  ...relayed({
    name,
    route,
    outline: (body) => {
      const seconds = Math.ceil((numberIn(objectIn(body.file).bytes) ?? 0) / bytesPerSecond);
      return {
        stream: body.stream === 'true' || body.stream === true,
        wantsUsage: true,
        seconds,
        maxOutput: seconds * tokensPerSecond,
        indivisible: true,
        unbounded: 'sound, whose length is known when it has been heard',
      };
    },
    read: ({ prompt }) => prompt,
    usage: heardUsage,
  }),
  ...sound,
  usageOfBytes: (answer, type) =>
    /\bjson\b/i.test(type) ? heardUsage(objectIn(parseJson(answer.toString()))) : undefined,
});

/** What was said, written down: https://platform.openai.com/docs/api-reference/audio/createTranscription */
export const transcriptions = heard('openai-transcriptions', '/v1/audio/transcriptions');
/** The same in English. */
export const translations = heard('openai-translations', '/v1/audio/translations');

/**
 * Tokens, or the sound's length: OpenAI's and Mistral's usage tells it, else `duration` of the verbose form (Groq; older
 * servers write it as a text).
 */
function heardUsage(answer: JsonObject): Usage | undefined {
  const { usage, duration } = answer;
  const said = objectIn(usage);
  const seconds = secondsIn(said.seconds) ?? secondsIn(said.prompt_audio_seconds) ?? secondsIn(duration);
  const tokens = usageIn(answer);
  if (tokens === undefined && seconds === undefined) return undefined;
  const { audio_tokens: audio } = objectIn(said.input_token_details);
  return {
    ...noUsage,
    ...tokens,
    ...(typeof audio === 'number' && { audioInput: audio }),
    ...(seconds !== undefined && { seconds }),
    ...(isObject(usage) && { raw: usage }),
  };
}

function secondsIn(value: Json | undefined): number | undefined {
  const seconds = typeof value === 'string' && value !== '' ? Number(value) : numberIn(value);
  return seconds !== undefined && seconds >= 0 ? seconds : undefined;
}

/** Streams of OpenAI and Mistral end with an event that tells the usage; vLLM's are made like a chat's. */
function streamReader(): (frame: SseFrame) => readonly ChatEvent[] {
  return ({ data }) => {
    const event = objectIn(parseJson(data));
    if (event.error != null) throw failureInAnswer(event.error);
    const usage = heardUsage(event);
    const [choice] = objectsIn(event.choices);
    if (/\.done$/.test(stringIn(event.type) ?? '') || choice?.finish_reason != null)
      return [{ type: 'finish', reason: 'stop', ...(usage && { usage }) }];
    const text = stringIn(event.delta) ?? stringIn(objectIn(choice?.delta).content) ?? stringIn(event.text);
    return text === undefined ? [] : [{ type: 'part-delta', index: 0, text }];
  };
}
