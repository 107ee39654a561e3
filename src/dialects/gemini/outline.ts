import { numberIn, objectIn, objectsIn, stringIn } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Outline } from '../dialect.ts';
import { partsIn } from './parts.ts';
import { field } from './wire.ts';

export function outline(body: JsonObject): Outline {
  const config = objectIn(field(body, 'generationConfig'));
  const maxOutput = numberIn(field(config, 'maxOutputTokens'));
  const thinkingBudget = numberIn(field(objectIn(field(config, 'thinkingConfig')), 'thinkingBudget'));
  const unbounded = unboundedBy(body);
  return {
    model: stringIn(body['model']) ?? '',
    stream: body['stream'] === true,
    wantsUsage: true,
    ...(maxOutput !== undefined && { maxOutput }),
    ...(thinkingBudget !== undefined && thinkingBudget > 0 && { thinkingBudget }),
    choices: numberIn(field(config, 'candidateCount')) ?? 1,
    caches: false, // Gemini bills no cache writes of its own accord
    ...(unbounded !== undefined && { unbounded }),
  };
}

function unboundedBy(body: JsonObject): string | undefined {
  const serverTool = objectsIn(body['tools'])
    .flatMap((tool) => Object.keys(tool))
    .find((key) => key !== 'functionDeclarations' && key !== 'function_declarations');
  if (serverTool !== undefined) return `the server tool ${serverTool}`;
  if (field(body, 'cachedContent') !== undefined) return 'content that Google keeps cached';
  const parts = objectsIn(body['contents']).flatMap(partsIn);
  return parts.some((part) => field(part, 'fileData') !== undefined) ? 'a file that Google fetches itself' : undefined;
}
