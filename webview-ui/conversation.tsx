import { useState } from 'preact/hooks';
import type { ReadablePart, ReadableTurn } from '../src/admin/contract.ts';
import { whole } from './format.ts';
import { plural, t } from './l10n.ts';
import { Button } from './parts.tsx';
import { plainWords } from './plain-words.ts';

/** A conversation's newest turns; the others on demand. */
export function Turns({ turns }: { readonly turns: readonly ReadableTurn[] }) {
  const [all, setAll] = useState(false);
  const hidden = all ? 0 : Math.max(0, turns.length - newest);
  return (
    <>
      {hidden > 0 && (
        <Button look="quiet" onClick={() => setAll(true)}>
          {plural(hidden, 'Show {0} earlier message', 'Show {0} earlier messages')}
        </Button>
      )}
      <ol class="turns">
        {turns.slice(hidden).map(({ role, parts }, index) => (
          <li key={hidden + index}>
            <h3>{roles[role] ?? role}</h3>
            <Parts parts={parts} />
          </li>
        ))}
      </ol>
    </>
  );
}

const newest = 20;

const roles: Readonly<Record<string, string>> = {
  system: t('System'),
  user: t('User'),
  assistant: t('Assistant'),
  tool: t('Tool'),
};

export const Parts = ({ parts }: { readonly parts: readonly ReadablePart[] }) => (
  <>
    {parts.map((part, index) => (
      <Part key={index} part={part} />
    ))}
  </>
);

function Part({ part }: { readonly part: ReadablePart }) {
  switch (part.type) {
    case 'text':
      return <Words text={part.text} />;
    case 'reasoning':
      return <Folded title={t('Thoughts')} text={part.text} />;
    case 'tool-call':
      return <Folded title={t('Calls {0}', part.name ?? '')} text={part.text} />;
    case 'tool-result':
      return <Folded title={resultTitle(part)} text={part.text} />;
    case 'media':
      return <p class="quiet cut">{fileWords(part)}</p>;
  }
}

const resultTitle = ({ name, isError }: ReadablePart): string =>
  isError === true ? t('Result of {0}, an error', name ?? t('a tool')) : t('Result of {0}', name ?? t('a tool'));

/** `image/png, 24,120 bytes`; what it shows is not drawn. */
function fileWords({ media = '', bytes, url, text }: ReadablePart): string {
  const told = [text, media, bytes === undefined ? '' : t('{0} bytes', whole(bytes)), url ?? ''];
  return plainWords(told.filter((one) => one !== '').join(', '));
}

/** Opened at once where it is short. */
const Folded = ({ title, text }: { readonly title: string; readonly text: string }) => (
  <details open={text.length < 400}>
    <summary>
      {plainWords(title)} <span class="quiet">{plural(text.length, '{0} character', '{0} characters')}</span>
    </summary>
    <Words text={text} />
  </details>
);

/** Characters at first, and of one text at all: the page must stay quick whatever a model was told. */
const atFirst = 3_000;
const atMost = 50_000;

export function Words({ text }: { readonly text: string }) {
  const [all, setAll] = useState(false);
  const shown = text.slice(0, all ? atMost : atFirst);
  return (
    <>
      <pre class="words">{plainWords(shown)}</pre>
      {shown.length < text.length &&
        (all ? (
          <p class="quiet">{t('{0} more characters are not shown here.', whole(text.length - shown.length))}</p>
        ) : (
          <Button look="quiet" onClick={() => setAll(true)}>
            {text.length > atMost ? t('Show more') : t('Show all {0} characters', whole(text.length))}
          </Button>
        ))}
    </>
  );
}
