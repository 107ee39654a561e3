import { useEffect, useState } from 'preact/hooks';
import type { ReadableBody, ReadablePart, Replay, Result, Row } from '../src/admin/contract.ts';
import { refusalOf, useAsk, useDoing, useHost } from './asking.ts';
import { Parts } from './conversation.tsx';
import { exactDollars, smallDollars, taken, whole } from './format.ts';
import { t } from './l10n.ts';
import { Dialog, DialogEnd } from './overlays.tsx';
import { ModelField } from './model-field.tsx';
import { Price } from './price.tsx';

interface ReplayProps {
  readonly row: Row;
  readonly body: ReadableBody;
  readonly onClose: () => void;
}

/** The same request to another model, with what it may cost before and what both cost after. */
export function ReplayDialog({ row, body, onClose }: ReplayProps) {
  const host = useHost();
  const [model, setModel] = useState('');
  const [done, setDone] = useState<Replay>();
  const doing = useDoing();
  const quote = useQuote(row.call, model);
  const deployments = useAsk('deployments', {}).data?.deployments ?? [];
  const names = [...new Set(deployments.map(({ group }) => group))].filter((name) => !name.includes('*'));
  const send = (): void => {
    if (quote.data !== undefined)
      doing.run(async () => setDone(await host.ask('replay', { call: row.call, model: quote.model })));
  };
  return (
    <Dialog title={t('Replay against another model')} onClose={onClose} wide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <ModelField value={model} names={names} onInput={setModel} fault={quote.fault} />
        <Quote quote={quote.data} />
        <p class="quiet">
          {row.project === null
            ? t('It is booked on the admin key, not on the key of the original. Secrets stay hidden in it.')
            : t('It is booked on the admin key and on the project, whose budget holds. Secrets stay hidden in it.')}
        </p>
        {doing.busy && <p role="status">{t('Sent. It can be stopped in the view Live.')}</p>}
        {done?.replay != null && <Compared original={row} replay={done.replay} texts={[body.answer, done.answer]} />}
        <DialogEnd
          action={done === undefined ? t('Send') : t('Send again')}
          doing={{ ...doing, busy: doing.busy || quote.data === undefined }}
          onAction={send}
          onClose={onClose}
          back={done === undefined ? t('Cancel') : t('Close')}
        />
      </form>
    </Dialog>
  );
}

interface Quoted {
  readonly model: string;
  readonly data?: Result<'replayQuote'>;
  readonly fault?: string;
}

/** What it may cost, a moment after a model was typed. */
function useQuote(call: string, model: string): Quoted {
  const host = useHost();
  const [quote, setQuote] = useState<Quoted>({ model: '' });
  useEffect(() => {
    if (model === '') return undefined;
    let isOver = false;
    const ask = (): void =>
      void host.ask('replayQuote', { call, model }).then(
        (data) => isOver || setQuote({ model, data }),
        (error: unknown) => isOver || setQuote({ model, fault: refusalOf(error).message }),
      );
    const timer = setTimeout(ask, 250);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [host, call, model]);
  return quote.model === model ? quote : { model };
}

function Quote({ quote }: { readonly quote: Quoted['data'] }) {
  if (quote === undefined) return null;
  return (
    <div role="status">
      <dl class="facts">
        <dt>{t('At most')}</dt>
        <dd>{quote.most === null ? t('unknown: it has no price') : smallDollars(quote.most)}</dd>
        {unlike(quote.deployments).map(({ model, price, assumed }) => [
          <dt key={`${model} name`}>{assumed ? t('Price, assumed') : t('Price')}</dt>,
          <dd key={model}>
            {model}
            <div>{price === null ? t('unknown') : <Price price={price} />}</div>
          </dd>,
        ])}
      </dl>
    </div>
  );
}

/** Several accounts often have one price. */
const unlike = <T,>(all: readonly T[]): readonly T[] => [
  ...new Map(all.map((one) => [JSON.stringify(one), one])).values(),
];

interface ComparedProps {
  readonly original: Row;
  readonly replay: Row;
  readonly texts: readonly [original: readonly ReadablePart[], replay: readonly ReadablePart[]];
}

function Compared({ original, replay, texts }: ComparedProps) {
  const both = [original, replay] as const;
  return (
    <div class="compared" role="region" aria-label={t('Original and replay')}>
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('Original')}</th>
            <th scope="col">{t('Replay')}</th>
          </tr>
        </thead>
        <tbody>
          {facts.map(([title, tell]) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              {both.map((row, index) => (
                <td key={index}>{tell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div class="side-by-side">
        {texts.map((parts, index) => (
          <section key={index} class="turns" aria-label={index === 0 ? t('Original') : t('Replay')}>
            <h3>{index === 0 ? t('Original') : t('Replay')}</h3>
            <Parts parts={parts} />
          </section>
        ))}
      </div>
    </div>
  );
}

const facts: readonly (readonly [title: string, tell: (row: Row) => string])[] = [
  [t('Model'), ({ provider, model }) => `${provider}/${model}`],
  [t('Cost'), ({ cost }) => (cost === null ? t('unknown') : exactDollars(cost))],
  [t('Took'), ({ totalMs }) => (totalMs === null ? t('unknown') : taken(totalMs))],
  [t('First token'), ({ firstTokenMs }) => (firstTokenMs === null ? t('unknown') : taken(firstTokenMs))],
  [
    t('Input'),
    ({ usage }) =>
      usage === null ? t('unknown') : tokens(usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h),
  ],
  [t('Output'), ({ usage }) => (usage === null ? t('unknown') : tokens(usage.output))],
];

const tokens = (count: number): string => t('{0} tokens', whole(count));
