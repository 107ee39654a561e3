import { isArray, objectIn, stringIn } from '../../lib/json.ts';
import type { Words } from '../words.ts';

/** What a provider says to a key. */
export interface KeyVerdict {
  /** `unproved`: there is no way to tell without a call that costs something. */
  readonly type: 'accepted' | 'unproved' | 'failed';
  /** In words for the user; of a failure the provider's own. */
  readonly message: string;
}

/** Reads the answer of `/purser/providers/test`. */
export function verdictIn(answer: unknown, title: string, { t }: Words): KeyVerdict {
  const { ok, key, models, error, status } = objectIn(answer);
  if (ok !== true) {
    const said = stringIn(error) ?? t('There was no answer.');
    return { type: 'failed', message: typeof status === 'number' ? `${said} (${status})` : said };
  }
  const names = isArray(models) ? models.flatMap((name) => stringIn(name) ?? []) : [];
  if (key === 'unknown' || key === 'none')
    return { type: 'unproved', message: t('{0} answers, but tells nothing of the key before it is used.', title) };
  return { type: 'accepted', message: t('{0} takes the key. {1}', title, modelWords(names, { t })) };
}

const shown = 3;

function modelWords(models: readonly string[], { t }: Words): string {
  if (models.length === 0) return t('It does not list its models.');
  const some = models.slice(0, shown).join(', ');
  return models.length > shown ? t('{0} models, such as {1}.', models.length, some) : t('Its models: {0}.', some);
}
