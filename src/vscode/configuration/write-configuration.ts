import { l10n, workspace } from 'vscode';
import { Failure } from '../../chat/failure.ts';
import { disk } from '../../connect/disk.ts';
import { starterFile } from './starter-file.ts';

/** The configuration as it stands on the disk; the commented one where there is none yet. */
export const readConfiguration = async (file: string): Promise<string> => (await disk.read(file)) ?? starterFile;

/** Puts another text in the place of the configuration, whole or not at all; what was there before is kept beside it. */
export async function writeConfiguration(file: string, text: string): Promise<void> {
  const open = workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
  if (open?.isDirty === true) {
    const why = l10n.t('The configuration has changes that are not saved. Save it, and try again.');
    throw new Failure('invalid-request', why);
  }
  const before = await disk.read(file);
  if (before !== undefined) await disk.write(`${file}.backup`, before, true);
  await disk.write(file, text, true);
}
