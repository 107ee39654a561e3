import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Row } from '../src/admin/contract.ts';
import { exactDollars, fullMoment, smallDollars, taken, whole } from './format.ts';
import { t } from './l10n.ts';
import { sources, statusNames, type Names } from './names.ts';
import { Badge, Button, Segments } from './parts.tsx';
import { Price } from './price.tsx';
import { RequestBody } from './request-body.tsx';

const sides = [
  ['call', t('Call')],
  ['prompt', t('Prompt')],
  ['answer', t('Answer')],
] as const;
export type Side = (typeof sides)[number][0];

interface DetailProps {
  readonly row: Row;
  readonly names: Names;
}

interface RequestDetailProps extends DetailProps {
  /** What of it is shown. */
  readonly side: Side;
  readonly onSide: (side: Side) => void;
  readonly onClose: () => void;
}

/** Everything the ledger knows of one call, and its prompt and answer where they are kept. */
export function RequestDetail({ row, names, side, onSide, onClose }: RequestDetailProps) {
  const place = useRef<HTMLElement>(null);
  const close = (): void => {
    const grid = place.current?.parentElement?.querySelector<HTMLElement>('[role=row][tabindex="0"]');
    onClose();
    grid?.focus();
  };
  useEffect(() => place.current?.scrollTo(0, 0), [row.seq]);
  return (
    <aside
      class="detail"
      aria-label={t('Request')}
      ref={place}
      tabIndex={-1}
      onKeyDown={({ key, target }) => {
        // A dialog that is open in here closes alone.
        if (key === 'Escape' && !(target instanceof Element && target.closest('dialog'))) close();
      }}
    >
      <header>
        <h2>{row.group}</h2>
        <Badge tone={row.status === 'done' ? 'good' : 'bad'}>{statusNames[row.status] ?? row.status}</Badge>
        <Button look="quiet" label={t('Close details')} onClick={close}>
          ✕
        </Button>
      </header>
      <div>
        <Segments label={t('What to show')} value={side} options={sides} onChange={onSide} />
      </div>
      {side === 'call' ? <Booked row={row} names={names} /> : <RequestBody key={row.call} row={row} side={side} />}
    </aside>
  );
}

const Booked = ({ row, names }: DetailProps) => (
  <>
    {(row.warnings ?? []).filter(isNews).map((warning) => (
      <p key={warning} class="note">
        {warning}
      </p>
    ))}
    <Route row={row} />
    <Money row={row} />
    <Tokens row={row} />
    <Facts row={row} names={names} />
  </>
);

/** What an attempt failed for is told with the attempt. */
const isNews = (warning: string): boolean => !/^([0-9a-f]{64}|fallback \S+): /.test(warning);

interface FactProps {
  readonly name: string;
  readonly children: ComponentChildren;
}

const Fact = ({ name, children }: FactProps) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);

const reasons: Readonly<Record<string, string>> = {
  retry: t('again at the same place'),
  next: t('another deployment of the group'),
  fallback: t('the fallback for failures'),
  'context-window': t('the fallback for long prompts'),
  'content-policy': t('the fallback for refused content'),
  budget: t('the fallback for a spent budget'),
};

function Route({ row }: { readonly row: Row }) {
  const attempts = row.attempts ?? [];
  return (
    <section>
      <h3>{t('Route')}</h3>
      <dl class="facts">
        <Fact name={t('Asked for')}>{row.group}</Fact>
        <Fact name={row.status === 'done' ? t('Served by') : t('Last tried')}>
          {row.cached ? t("the gateway's own cache") : `${row.provider}/${row.model}`}
          {row.served !== null && ` ${t('(as {0})', row.served)}`}
        </Fact>
        <Fact name={t('Account')}>{row.account}</Fact>
      </dl>
      {attempts.length > 0 && (
        <ol class="attempts">
          {attempts.map((attempt, index) => (
            <li key={index}>
              <div>
                {attempt.model} <span class="quiet">{reasons[attempt.reason ?? ''] ?? t('first choice')}</span>
              </div>
              {attempt.failure !== undefined && <div class="bad">{attempt.failure}</div>}
              {attempt.cost !== undefined && (
                <div class="quiet" title={exactDollars(attempt.cost)}>
                  {t('cost {0}', smallDollars(attempt.cost))}
                </div>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Money({ row }: { readonly row: Row }) {
  const [title, meaning] = sources[row.source] ?? [row.source, ''];
  return (
    <section>
      <h3>{t('Cost')}</h3>
      <dl class="facts">
        <Fact name={t('Cost')}>{row.cost === null ? t('unknown') : exactDollars(row.cost)}</Fact>
        {row.correction !== null && (
          <Fact name={t('Corrected')}>
            {t('from {0}: {1}', row.bookedCost === null ? t('unknown') : exactDollars(row.bookedCost), row.correction)}
          </Fact>
        )}
        <Fact name={t('Source')}>
          {row.upperBound === true ? t('{0}, at most', title) : title}
          <div class="quiet">{meaning}</div>
        </Fact>
        {row.price !== null && (
          <Fact name={t('Price')}>
            <Price price={row.price} />
          </Fact>
        )}
        {row.outputLimit !== null && (
          <Fact name={t('Output limit')}>{t('{0} tokens, as the budget allowed', whole(row.outputLimit))}</Fact>
        )}
      </dl>
    </section>
  );
}

function Tokens({ row: { usage, firstTokenMs, totalMs } }: { readonly row: Row }) {
  const kinds =
    usage === null
      ? []
      : ([
          [t('Input'), usage.input],
          [t('Cache read'), usage.cacheRead],
          [t('Cache write'), usage.cacheWrite],
          [t('Cache write, 1 h'), usage.cacheWrite1h],
          [t('Output'), usage.output],
          [t('of it reasoning'), usage.reasoning],
        ] as const);
  return (
    <section>
      <h3>{t('Tokens and time')}</h3>
      <dl class="facts">
        {kinds
          .filter(([, count], index) => count > 0 || index === 0 || index === 4)
          .map(([name, count]) => (
            <Fact key={name} name={name}>
              {whole(count)}
            </Fact>
          ))}
        {firstTokenMs !== null && <Fact name={t('First token')}>{taken(firstTokenMs)}</Fact>}
        <Fact name={t('Took')}>{totalMs === null ? t('unknown') : taken(totalMs)}</Fact>
      </dl>
    </section>
  );
}

const evidences: Readonly<Record<string, string>> = {
  key: t('its key'),
  path: t('the path of the address'),
  header: t('a header'),
  codex: t("Codex's own header"),
  session: t('an earlier call of the session'),
  prompt: t('the folder in the prompt'),
};

function Facts({ row, names }: DetailProps) {
  return (
    <section>
      <h3>{t('Call')}</h3>
      <dl class="facts">
        <Fact name={t('Time')}>{fullMoment(row.at)}</Fact>
        <Fact name={t('Key')}>{row.keyAlias ?? names.key(row.key)}</Fact>
        <Fact name={t('Project')}>
          {row.project === null ? t('none') : names.project(row.project)}
          {row.evidence !== null && (
            <div class="quiet">{t('told by {0}', evidences[row.evidence] ?? row.evidence)}</div>
          )}
        </Fact>
        {row.assistant !== null && <Fact name={t('Assistant')}>{row.assistant}</Fact>}
        {row.branch !== null && <Fact name={t('Branch')}>{row.branch}</Fact>}
        {row.session !== null && <Fact name={t('Session')}>{row.session}</Fact>}
        <Fact name={t('Format')}>{row.stream === true ? t('{0}, streamed', row.dialect) : row.dialect}</Fact>
        {row.failure !== null && <Fact name={t('Failure')}>{row.failure}</Fact>}
        <Fact name={t('Call')}>
          <code>{row.call}</code>
        </Fact>
      </dl>
    </section>
  );
}
