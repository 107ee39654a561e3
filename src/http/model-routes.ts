import type { Express, Request, Response } from 'express';
import type { IncomingHttpHeaders } from 'node:http';
import { Failure } from '../chat/failure.ts';
import { anthropic } from '../dialects/anthropic/anthropic.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import { gemini } from '../dialects/gemini/gemini.ts';
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { listModels, type ListedModel } from '../gateway/models.ts';
import type { Ports } from '../gateway/ports.ts';
import type { JsonObject } from '../lib/json.ts';
import { callerOf } from './caller.ts';
import { anthropicForm, claudeCodeForm, geminiForm, openaiForm, type ModelForm } from './model-forms.ts';
import { refuse } from './refuse.ts';

/** What models there are for this key, in the form that the client's headers ask for; under v1beta always in Gemini's. */
export function modelRoutes(app: Express, ports: Ports): void {
  const serve = async (request: Request, response: Response, write: Write): Promise<void> => {
    const { dialect, form } = formFor(request);
    try {
      response.json(write(form, await listModels(ports, callerOf(ports, request)), request));
    } catch (error) {
      refuse(ports, response, error, { dialect });
    }
  };
  app.get(['/v1/models', '/models', '/v1beta/models'], (request, response) => serve(request, response, listed));
  // Ids may hold slashes: openrouter/anthropic/claude-sonnet-4.5.
  app.get(['/v1/models/*id', '/models/*id', '/v1beta/models/*id'], (request, response) =>
    serve(request, response, single),
  );
}

type Write = (form: ModelForm, models: readonly ListedModel[], request: Request) => JsonObject;

const listed: Write = (form, models, { query }) => form.list(models, query as Readonly<Record<string, string>>);

const single: Write = (form, models, request) => {
  const id = (request.params['id'] as unknown as readonly string[]).join('/');
  const found = models.find((model) => model.id === id);
  if (found !== undefined) return form.one(found);
  throw new Failure('not-found', `The model '${id}' does not exist, or this key may not use it.`, {
    param: 'model',
    code: 'model_not_found',
  });
};

interface Answered {
  readonly dialect: ClientDialect;
  readonly form: ModelForm;
}

/** Anthropic's clients send their version and Google's a header of their own with every request (measured). */
function formFor({ path, headers }: Request): Answered {
  if (path.startsWith('/v1beta/')) return { dialect: gemini, form: geminiForm };
  if (headers['anthropic-version'] !== undefined) {
    return { dialect: anthropic, form: isClaudeCode(headers) ? claudeCodeForm : anthropicForm };
  }
  return Object.keys(headers).some((name) => name.startsWith('x-goog-'))
    ? { dialect: gemini, form: geminiForm }
    : { dialect: openaiChat, form: openaiForm };
}

/** It looks for models with another user agent than it asks them with. */
const isClaudeCode = ({ 'user-agent': agent = '' }: IncomingHttpHeaders): boolean => /^claude-(cli|code)\//.test(agent);
