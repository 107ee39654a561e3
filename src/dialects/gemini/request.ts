import { callNames } from '../../chat/chat.ts';
import type {
  ChatRequest,
  MediaPart,
  Part,
  Settings,
  Tool,
  ToolChoice,
  ToolResultPart,
  Turn,
} from '../../chat/chat.ts';
import { defined, objectIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { writeMedia, writePart } from './parts.ts';
import { writeThinking } from './thinking.ts';
import { isGemini3, signatureOf } from './wire.ts';

/** The body of generateContent; the model and whether to stream stand in the path. */
export function writeRequest(request: ChatRequest): JsonObject {
  const system = request.turns
    .filter((turn) => turn.role === 'system')
    .flatMap((turn) => turn.parts.flatMap(systemPart));
  const contents = writeContents(request);
  const config = writeConfig(request.settings, request.model);
  const declarations = request.tools.map(writeTool);
  return defined({
    ...request.extras?.['gemini'],
    systemInstruction: system.length > 0 ? { parts: system } : undefined,
    // Gemini wants at least one content, even if all there is to say stands in the system prompt.
    contents: contents.length > 0 ? contents : [{ role: 'user', parts: [{ text: ' ' }] }],
    tools: declarations.length > 0 ? [{ functionDeclarations: declarations }] : undefined,
    toolConfig: declarations.length > 0 ? writeToolChoice(request.toolChoice) : undefined,
    generationConfig: Object.keys(config).length > 0 ? config : undefined,
  });
}

/** A copy of the body with this output limit, under the name that the body uses itself. */
export function limitOutput(body: JsonObject, tokens: number): JsonObject {
  const config = 'generation_config' in body ? 'generation_config' : 'generationConfig';
  const settings = objectIn(body[config]);
  const limit = 'max_output_tokens' in settings ? 'max_output_tokens' : 'maxOutputTokens';
  return { ...body, [config]: { ...settings, [limit]: tokens } };
}

const systemPart = (part: Part): readonly JsonObject[] =>
  part.type === 'text' && part.text !== '' ? [{ text: part.text }] : [];

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: JsonObject[];
}

/** Turns of one role are one content, so that the results of parallel calls stand together as Gemini demands. */
function writeContents({ turns, model }: ChatRequest): readonly JsonObject[] {
  const names = callNames(turns);
  const contents: Content[] = [];
  for (const turn of turns) {
    const role = turn.role === 'assistant' ? 'model' : 'user';
    const parts = turn.role === 'system' ? [] : turnParts(turn, names, model);
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else if (parts.length > 0) contents.push({ role, parts: [...parts] });
  }
  return (isGemini3(model) ? withSignatures(contents) : contents).map(({ role, parts }) => ({ role, parts }));
}

function turnParts(turn: Turn, names: ReadonlyMap<string, string>, model: string): readonly JsonObject[] {
  return turn.parts.flatMap((part) => {
    if (part.type === 'tool-result') return writeResult(part, part.name ?? names.get(part.id) ?? part.id, model);
    // Thoughts without a signature tell the model nothing that it could trust.
    if (part.type === 'reasoning' && signatureOf(part.extras) === undefined) return [];
    return writePart(part) ?? [];
  });
}

/** Gemini 3 takes media inside a result; before, they stand beside it. */
function writeResult(result: ToolResultPart, name: string, model: string): readonly JsonObject[] {
  const text = result.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const media = result.parts.filter((part): part is MediaPart => part.type === 'media').map(writeMedia);
  const inside = media.length > 0 && isGemini3(model);
  const response = { id: result.id, name, response: { [result.isError ? 'error' : 'output']: text } };
  return [{ functionResponse: inside ? { ...response, parts: media } : response }, ...(inside ? [] : media)];
}

/**
 * From Gemini 3 on a step's first call must carry its signature, else the request is refused. Where it was lost (another
 * model's turn, a client that drops it), Google takes this word for it: https://ai.google.dev/gemini-api/docs/thought-signatures.
 * Only the turn under way is checked; it goes on while results come, whatever is said beside them.
 */
function withSignatures(contents: readonly Content[]): readonly Content[] {
  const asked = contents.findLastIndex(({ role, parts }) => role === 'user' && !parts.some(isResult));
  return contents.map((content, index) => {
    const first =
      index > asked && content.role === 'model' ? content.parts.findIndex((part) => part['functionCall']) : -1;
    if (first < 0 || content.parts[first]?.['thoughtSignature'] !== undefined) return content;
    const parts = content.parts.with(first, {
      ...content.parts[first],
      thoughtSignature: 'skip_thought_signature_validator',
    });
    return { ...content, parts };
  });
}

const isResult = (part: JsonObject): boolean => part['functionResponse'] !== undefined;

/** JSON Schema as it came: `parametersJsonSchema` takes references and all, unlike `parameters`. */
function writeTool({ name, description, schema }: Tool): JsonObject {
  return defined({ name, description, parametersJsonSchema: schema });
}

function writeToolChoice(choice: ToolChoice | undefined): JsonObject | undefined {
  switch (choice?.type) {
    case undefined:
    case 'auto':
      return undefined;
    case 'none':
      return { functionCallingConfig: { mode: 'NONE' } };
    case 'required':
      return { functionCallingConfig: { mode: 'ANY' } };
    case 'named':
      return { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [choice.name] } };
  }
}

function writeConfig(settings: Settings, model: string): JsonObject {
  const { format } = settings;
  return defined({
    maxOutputTokens: settings.maxOutput,
    temperature: settings.temperature,
    topP: settings.topP,
    topK: settings.topK,
    stopSequences: settings.stop,
    seed: settings.seed,
    presencePenalty: settings.presencePenalty,
    frequencyPenalty: settings.frequencyPenalty,
    responseMimeType: format && 'application/json',
    responseJsonSchema: format?.type === 'json-schema' ? format.schema : undefined,
    thinkingConfig: writeThinking(settings.reasoning, model),
  });
}
