import { useState } from 'preact/hooks';
import type { DryRun } from '../src/admin/contract.ts';
import { useAsk, useDoing, useHost } from './asking.ts';
import { DryRunStory } from './dry-run-story.tsx';
import { t } from './l10n.ts';
import { Dialog, DialogEnd } from './overlays.tsx';
import { Choice, Field, Lines } from './parts.tsx';

const formats = [
  ['/v1/chat/completions', 'Chat Completions'],
  ['/v1/responses', 'Responses'],
  ['/v1/messages', 'Messages (Anthropic)'],
  ['gemini', 'Gemini'],
  ['whole', t('A whole request, pasted')],
] as const;
type Format = (typeof formats)[number][0];

/** Where a pasted request was sent to shows in what it holds. */
const pathOf = (body: string): string =>
  /"input"\s*:/.test(body) && !/"messages"\s*:/.test(body)
    ? '/v1/responses'
    : /"(system|anthropic_version|thinking)"\s*:/.test(body)
      ? '/v1/messages'
      : '/v1/chat/completions';

interface Asked {
  readonly path: string;
  readonly body: string;
}

/** The request that a client of a format would send. */
function requestOf(format: Format, model: string, prompt: string): Asked {
  const turn = { role: 'user', content: prompt };
  switch (format) {
    case 'whole':
      return { path: pathOf(prompt), body: prompt };
    case 'gemini':
      return {
        path: `/v1beta/models/${model}:generateContent`,
        body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: prompt }] }] }),
      };
    case '/v1/responses':
      return { path: format, body: JSON.stringify({ model, input: prompt }) };
    case '/v1/messages':
      return { path: format, body: JSON.stringify({ model, max_tokens: 4096, messages: [turn] }) };
    case '/v1/chat/completions':
      return { path: format, body: JSON.stringify({ model, messages: [turn] }) };
  }
}

/** What would happen to a request, without sending it. */
export function DryRunDialog({ names, onClose }: { readonly names: readonly string[]; readonly onClose: () => void }) {
  const host = useHost();
  const doing = useDoing();
  const { data } = useAsk('keys', {});
  const [key, setKey] = useState('');
  const [format, setFormat] = useState<Format>('/v1/chat/completions');
  const [model, setModel] = useState(names.find((name) => !name.includes('*')) ?? '');
  const [prompt, setPrompt] = useState(t('Hello'));
  const [told, setTold] = useState<DryRun>();
  const keys = (data?.keys ?? []).map((one): [string, string] => [one.token, one.key_alias ?? one.key_name]);
  const tryIt = (): void =>
    doing.run(async () => {
      const asked = requestOf(format, model.trim(), prompt);
      setTold(await host.ask('dryRun', { ...asked, ...(key !== '' && { key }) }));
    });
  return (
    <Dialog title={t('Try a request')} onClose={onClose} wide>
      <p class="quiet">{t('It is played through as if it had come now. Nothing is sent, and nothing is booked.')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          tryIt();
        }}
      >
        <div class="toolbar">
          <Choice label={t('Key')} value={key} options={[['', t('Admin key')], ...keys]} onChange={setKey} />
          <Choice label={t('Format')} value={format} options={formats} onChange={setFormat} />
        </div>
        {format !== 'whole' && <Field label={t('Model')} value={model} onInput={setModel} autoFocus />}
        <Lines
          label={format === 'whole' ? t('The request, in JSON') : t('Prompt')}
          value={prompt}
          rows={format === 'whole' ? 8 : 3}
          onInput={setPrompt}
        />
        <DialogEnd action={t('Try')} doing={doing} onAction={tryIt} onClose={onClose} back={t('Close')} />
      </form>
      <div role="status">{told !== undefined && <DryRunStory told={told} />}</div>
    </Dialog>
  );
}
