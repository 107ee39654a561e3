import { join } from 'node:path';
import type { JsonObject } from '../../lib/json.ts';
import type { Access, Assistant } from '../assistant.ts';
import { ours } from './settings.ts';

/** https://code.visualstudio.com/docs/copilot/customization/language-models: the editor asks for the key itself and keeps it as a secret. */
export const copilot: Assistant = {
  id: 'copilot',
  title: 'GitHub Copilot Chat',
  detail: "the editor's own chat, by its custom endpoint; needs no Copilot plan",
  scopes: ['user'],
  agents: ['Copilot Chat'],
  traces: { extensions: ['github.copilot-chat'] },
  edits: (access, _scope, { editor }) => {
    if (editor === undefined) return [];
    return [
      {
        path: join(editor, 'chatLanguageModels.json'),
        format: 'json',
        settings: [
          ours([{ by: 'name', is: 'Purser' }], {
            name: 'Purser',
            vendor: 'customendpoint',
            apiKey: '${input:purserKey}',
            apiType: 'chat-completions',
            models: modelsOf(access),
          }),
        ],
      },
    ];
  },
  then: 'The key is on the clipboard: paste it when the editor asks for it (Chat: Manage Language Models).',
};

const mostModels = 60;
/** For models whose limits nobody knows. */
const usual = { input: 128_000, output: 16_000 };

function modelsOf({ url, model, models }: Access): readonly JsonObject[] {
  const chosen = models.filter(({ id }) => id === model);
  const listed = new Map([...chosen, ...models].slice(0, mostModels).map((one) => [one.id, one]));
  return [...listed.values()].map(({ id, maxInput = usual.input, maxOutput = usual.output }) => ({
    id,
    name: id,
    url: `${url}/v1/chat/completions`,
    toolCalling: true,
    vision: true,
    maxInputTokens: maxInput,
    maxOutputTokens: maxOutput,
  }));
}
