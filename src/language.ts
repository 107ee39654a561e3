import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Disposable, DocumentSelector, SecretStorage, TextDocument } from 'vscode';
import { environmentOf, type Environment } from './config/environment.ts';
import { facts, modelsOfStarter, textOf } from './configuration.ts';
import type { JsonObject } from './lib/json.ts';
import { systemClock } from './lib/time.ts';
import { priceTable } from './pricing/prices.ts';
import { providers } from './providers/index.ts';
import { modelBook, type ModelBook } from './vscode/configuration/model-book.ts';
import { registerLanguage } from './vscode/configuration/register-language.ts';
import type { RemarkPorts } from './vscode/configuration/remarks.ts';
import type { KnownVariable } from './vscode/configuration/suggest.ts';
import { storedKeys } from './vscode/provider-keys/stored-keys.ts';

export interface LanguageNeeds {
  readonly selector: DocumentSelector;
  readonly secrets: SecretStorage;
  readonly configFile: string;
  /** Where the gateway keeps the prices that it fetched. */
  readonly priceFolder: string;
}

/** What the editor needs to help with the configuration: in a file of its own, loaded when such a document is first open. Wiring only. */
export function language({ selector, secrets, configFile, priceFolder }: LanguageNeeds): Disposable {
  let book: Promise<ModelBook> | undefined;
  const models = (): Promise<ModelBook> => (book ??= readModels(priceFolder));
  return registerLanguage({
    ...{ selector, secrets, models },
    variables: () => knownVariables(secrets),
    async remarkPorts(document): Promise<RemarkPorts> {
      const file = document.uri.fsPath;
      const isOwn = file === configFile;
      const environment = await environmentFor(document, secrets);
      return {
        ...{ file, facts, environment, models: await models(), readFile: textOf },
        ...(isOwn && { otherwise: await modelsOfStarter(environment) }),
      };
    },
  });
}

/** What a configuration stands for that lists no models. */
export const starterEntries = async (secrets: SecretStorage): Promise<readonly JsonObject[]> =>
  modelsOfStarter(environmentOf({ processEnv: { ...process.env, ...(await storedKeys(secrets)) } }));

async function readModels(folder: string): Promise<ModelBook> {
  const prices = priceTable({ clock: systemClock, folder });
  await prices.warm();
  return modelBook(prices, providers);
}

/** As the gateway looks: the stored keys, the environment, a `.env` beside the file. */
async function environmentFor({ uri }: TextDocument, secrets: SecretStorage): Promise<Environment> {
  const dotEnvText = await readFile(join(dirname(uri.fsPath), '.env'), 'utf8').catch(() => undefined);
  return environmentOf({ processEnv: { ...process.env, ...(await storedKeys(secrets)) }, dotEnvText });
}

async function knownVariables(secrets: SecretStorage): Promise<readonly KnownVariable[]> {
  const stored = (await secrets.keys()).map((name): KnownVariable => ({ name, place: 'stored' }));
  const usual = new Set(providers.flatMap(({ keyVariables }) => keyVariables));
  const set = [...usual].filter((name) => process.env[name] && !stored.some((one) => one.name === name));
  return [...stored, ...set.map((name): KnownVariable => ({ name, place: 'environment' }))];
}
