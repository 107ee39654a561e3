import { useCallback, useEffect, useState } from 'preact/hooks';
import type { ReadableBody, Result, Row } from '../src/admin/contract.ts';
import { refusalOf, useHost } from './asking.ts';
import { Turns, Parts, Words } from './conversation.tsx';
import { fullMoment, whole } from './format.ts';
import type { Refusal } from './host.ts';
import { ConfirmDialog } from './key-dialogs.tsx';
import { t } from './l10n.ts';
import { Loading } from './overview.tsx';
import { Button, CopyButton, Empty, Trouble } from './parts.tsx';
import { plainWords } from './plain-words.ts';
import { ReplayDialog } from './replay-dialog.tsx';
import './request-body.css';

interface BodyProps {
  readonly row: Row;
  readonly side: 'prompt' | 'answer';
}

/** What a tool sent or was told in one call, where its key has that kept. */
export function RequestBody({ row, side }: BodyProps) {
  const { data, refusal, again } = useOnce('callBody', row.call);
  const [open, setOpen] = useState<'delete' | 'replay'>();
  const host = useHost();
  const close = (): void => setOpen(undefined);
  if (refusal !== undefined) return <Trouble refusal={refusal} again={again} />;
  if (data === undefined) return <Loading />;
  const { body, why } = data;
  if (body === null) return <NotKept why={why ?? ''} />;
  return (
    <>
      <div class="toolbar">
        <Button disabled={!body.canReplay} onClick={() => setOpen('replay')}>
          {t('Replay…')}
        </Button>
        <Button onClick={() => setOpen('delete')}>{t('Delete…')}</Button>
        <span class="quiet">{t('kept until {0}', fullMoment(body.until))}</span>
      </div>
      {side === 'prompt' ? <Prompt body={body} /> : <Answer body={body} />}
      <Raw call={row.call} side={side} />
      {open === 'replay' && <ReplayDialog row={row} body={body} onClose={close} />}
      {open === 'delete' && (
        <ConfirmDialog
          title={t('Delete the prompt and the answer')}
          text={t('What was kept of this call is deleted. Its row with tokens and cost stays.')}
          action={t('Delete')}
          run={async () => {
            await host.ask('deleteBody', { call: row.call });
            close();
            again();
          }}
          onClose={close}
        />
      )}
    </>
  );
}

const NotKept = ({ why }: { readonly why: string }) => (
  <Empty title={t('Not kept')}>
    <p>{plainWords(why)}</p>
    <p>{t('In the view Keys, edit a key and say under More for how many days its prompts and answers are kept.')}</p>
  </Empty>
);

const cutNote = (): string => t('It was too long to be kept whole: the end is missing.');

function Prompt({ body }: { readonly body: ReadableBody }) {
  const { prompt, tools, requestCut } = body;
  return (
    <section aria-label={t('Prompt')} class="turns">
      {requestCut && <p class="note">{cutNote()}</p>}
      {tools.length > 0 && (
        <details>
          <summary>
            {t('Tools')} <span class="quiet">{whole(tools.length)}</span>
          </summary>
          <Words text={tools.join(', ')} />
        </details>
      )}
      {prompt.length === 0 ? <p class="quiet">{nothingToRead()}</p> : <Turns turns={prompt} />}
    </section>
  );
}

function Answer({ body }: { readonly body: ReadableBody }) {
  const { answer, answerCut, failure } = body;
  return (
    <section aria-label={t('Answer')} class="turns">
      {failure !== null && <p class="bad">{plainWords(failure)}</p>}
      {answerCut && <p class="note">{cutNote()}</p>}
      {answer.length === 0 && failure === null ? <p class="quiet">{nothingToRead()}</p> : <Parts parts={answer} />}
    </section>
  );
}

const nothingToRead = (): string => t('There is no text in it to be read; the raw JSON has all that is kept.');

function Raw({ call, side }: { readonly call: string; readonly side: BodyProps['side'] }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t('Raw JSON')}</summary>
      {open && <RawText call={call} side={side} />}
    </details>
  );
}

function RawText({ call, side }: { readonly call: string; readonly side: BodyProps['side'] }) {
  const { data, refusal, again } = useOnce('rawBody', call);
  if (refusal !== undefined) return <Trouble refusal={refusal} again={again} />;
  if (data === undefined) return <Loading />;
  const text = side === 'prompt' ? data.request : data.answer;
  return (
    <>
      <CopyButton text={text} label={t('Copy raw JSON')} />
      <Words text={text} />
    </>
  );
}

type OfCall = 'callBody' | 'rawBody';

/** What a page asks when it is opened, and not again with every call that is booked: it may be long, and stays as it is. */
function useOnce<M extends OfCall>(method: M, call: string) {
  const host = useHost();
  const [state, setState] = useState<{
    readonly call: string;
    readonly data?: Result<M>;
    readonly refusal?: Refusal;
  }>();
  const again = useCallback(() => {
    let isOver = false;
    host.ask<OfCall>(method, { call }).then(
      (data) => isOver || setState({ call, data: data as Result<M> }),
      (error: unknown) => isOver || setState({ call, refusal: refusalOf(error) }),
    );
    return () => void (isOver = true);
  }, [host, method, call]);
  useEffect(again, [again]);
  const { data, refusal } = state?.call === call ? state : {};
  return { data, refusal, again: () => void again() };
}
