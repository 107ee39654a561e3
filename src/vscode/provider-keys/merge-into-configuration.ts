import { l10n } from 'vscode';
import { Failure } from '../../chat/failure.ts';
import { editConfig } from '../../config/edit.ts';
import type { JsonObject } from '../../lib/json.ts';
import { readConfiguration, writeConfiguration } from '../configuration/write-configuration.ts';
import { reviewed } from '../connect/review.ts';
import { mergeEdits } from './importable.ts';
import type { KeyPorts } from './key-ports.ts';

/** Shows what entries would make of the configuration, and writes it when its user wants that. Tells whether it did. */
export async function mergeIntoConfiguration(
  { configFile, starter }: KeyPorts,
  entries: readonly JsonObject[],
  title: string,
): Promise<boolean> {
  const now = await readConfiguration(configFile);
  const edited = editConfig(now, mergeEdits(now, entries, await starter()));
  if ('problem' in edited)
    throw new Failure('invalid-request', l10n.t('The configuration was not changed. {0}', edited.problem));
  if (edited.text === now) return false;
  const backup = l10n.t('What was there before is kept beside it.');
  if (!(await reviewed(title, [{ path: configFile, now, after: edited.text }], backup))) return false;
  await writeConfiguration(configFile, edited.text);
  return true;
}
