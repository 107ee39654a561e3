import type { Express, Request, Response } from 'express';
import { Failure } from '../chat/failure.ts';
import { gemini } from '../dialects/gemini/gemini.ts';
import { answer } from '../gateway/answer.ts';
import { countTokens } from '../gateway/count-tokens.ts';
import type { Ports } from '../gateway/ports.ts';
import { isObject } from '../lib/json.ts';
import { converse, type Route } from './converse.ts';
import { jsonArray } from './json-array.ts';
import { refuse } from './refuse.ts';

/** Gemini's routes, which name the model and what is to be done in the path; Google's SDKs from 3.0 on call them under v1. */
export function geminiRoutes(app: Express, ports: Ports): void {
  app.post(['/v1beta/models/*call', '/v1/models/*call'], (request, response) => serve(ports, request, response));
}

/** `openrouter/google/gemma:free:generateContent`: ids may hold slashes and colons. */
async function serve(ports: Ports, request: Request, response: Response): Promise<void> {
  const path = (request.params['call'] as unknown as readonly string[]).join('/');
  const colon = path.lastIndexOf(':');
  const method = methods[path.slice(colon + 1)];
  if (colon > 0 && method !== undefined) {
    const route = method(request.query['alt'] === 'sse');
    return converse(ports, request, response, { ...route, client: gemini, model: path.slice(0, colon) });
  }
  const failure = new Failure('not-found', `Purser has no route ${request.method} ${request.path.slice(0, 200)}.`);
  refuse(ports, response, failure, { dialect: gemini });
}

type Method = (asEvents: boolean) => Pick<Route, 'stream' | 'serve'>;

const methods: Readonly<Record<string, Method | undefined>> = {
  generateContent: () => ({ stream: false }),
  streamGenerateContent: (asEvents) =>
    asEvents ? { stream: true } : { stream: true, serve: (ports, call, sink) => answer(ports, call, jsonArray(sink)) },
  countTokens: () => ({ stream: false, serve: count }),
};

const count = countTokens({
  promptIn: (body) => (isObject(body['generateContentRequest']) ? body['generateContentRequest'] : body),
  write: (totalTokens) => ({ totalTokens }),
});
