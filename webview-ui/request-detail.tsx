import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Row } from '../src/admin/contract.ts';
import { exactDollars, fullMoment, smallDollars, taken, whole } from './format.ts';
import { sources, type Names } from './names.ts';
import { Badge, Button } from './parts.tsx';

interface DetailProps {
  readonly row: Row;
  readonly names: Names;
  readonly onClose: () => void;
}

/** Everything the ledger knows of one call. */
export function RequestDetail({ row, names, onClose }: DetailProps) {
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
      aria-label="Request"
      ref={place}
      tabIndex={-1}
      onKeyDown={({ key }) => {
        if (key === 'Escape') close();
      }}
    >
      <header>
        <h2>{row.group}</h2>
        <Badge tone={row.status === 'done' ? 'good' : 'bad'}>{row.status}</Badge>
        <Button look="quiet" label="Close details" onClick={close}>
          ✕
        </Button>
      </header>
      {(row.warnings ?? []).filter(isNews).map((warning) => (
        <p key={warning} class="note">
          {warning}
        </p>
      ))}
      <Route row={row} />
      <Money row={row} />
      <Tokens row={row} />
      <Facts row={row} names={names} />
    </aside>
  );
}

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
  retry: 'again at the same place',
  next: 'another deployment of the group',
  fallback: 'the fallback for failures',
  'context-window': 'the fallback for long prompts',
  'content-policy': 'the fallback for refused content',
  budget: 'the fallback for a spent budget',
};

function Route({ row }: { readonly row: Row }) {
  const attempts = row.attempts ?? [];
  return (
    <section>
      <h3>Route</h3>
      <dl class="facts">
        <Fact name="Asked for">{row.group}</Fact>
        <Fact name={row.status === 'done' ? 'Served by' : 'Last tried'}>
          {row.cached ? "the gateway's own cache" : `${row.provider}/${row.model}`}
          {row.served !== null && ` (as ${row.served})`}
        </Fact>
        <Fact name="Account">{row.account}</Fact>
      </dl>
      {attempts.length > 0 && (
        <ol class="attempts">
          {attempts.map((attempt, index) => (
            <li key={index}>
              <div>
                {attempt.model} <span class="quiet">{reasons[attempt.reason ?? ''] ?? 'first choice'}</span>
              </div>
              {attempt.failure !== undefined && <div class="bad">{attempt.failure}</div>}
              {attempt.cost !== undefined && (
                <div class="quiet" title={exactDollars(attempt.cost)}>
                  cost {smallDollars(attempt.cost)}
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
      <h3>Cost</h3>
      <dl class="facts">
        <Fact name="Cost">{row.cost === null ? 'unknown' : exactDollars(row.cost)}</Fact>
        {row.correction !== null && (
          <Fact name="Corrected">
            from {row.bookedCost === null ? 'unknown' : exactDollars(row.bookedCost)}: {row.correction}
          </Fact>
        )}
        <Fact name="Source">
          {title}
          {row.upperBound === true && ', at most'}
          <div class="quiet">{meaning}</div>
        </Fact>
        {row.price !== null && (
          <Fact name="Price">
            <Price price={row.price} />
          </Fact>
        )}
        {row.outputLimit !== null && (
          <Fact name="Output limit">{whole(row.outputLimit)} tokens, as the budget allowed</Fact>
        )}
      </dl>
    </section>
  );
}

const rateNames: Readonly<Record<string, string>> = {
  input: 'in',
  output: 'out',
  cacheRead: 'cache read',
  cacheWrite: 'cache write',
  cacheWrite1h: 'cache write, 1 h',
};

/** Pico-dollars a token are dollars per million of them, times a million. */
function Price({ price }: { readonly price: NonNullable<Row['price']> }) {
  const rates = Object.entries(rateNames).flatMap(([name, words]) => {
    const rate = price[name];
    return typeof rate === 'number' ? [`$${Number((rate / 1e6).toPrecision(4))} ${words}`] : [];
  });
  return (
    <>
      {rates.join(', ')} <span class="quiet">per million tokens</span>
      <div class="quiet">
        from {String(price['source'] ?? 'unknown')}
        {price['asOf'] !== undefined && `, of ${String(price['asOf'])}`}
      </div>
    </>
  );
}

function Tokens({ row: { usage, firstTokenMs, totalMs } }: { readonly row: Row }) {
  const kinds =
    usage === null
      ? []
      : ([
          ['Input', usage.input],
          ['Cache read', usage.cacheRead],
          ['Cache write', usage.cacheWrite],
          ['Cache write, 1 h', usage.cacheWrite1h],
          ['Output', usage.output],
          ['of it reasoning', usage.reasoning],
        ] as const);
  return (
    <section>
      <h3>Tokens and time</h3>
      <dl class="facts">
        {kinds
          .filter(([name, count]) => count > 0 || name === 'Input' || name === 'Output')
          .map(([name, count]) => (
            <Fact key={name} name={name}>
              {whole(count)}
            </Fact>
          ))}
        {firstTokenMs !== null && <Fact name="First token">{taken(firstTokenMs)}</Fact>}
        <Fact name="Took">{totalMs === null ? 'unknown' : taken(totalMs)}</Fact>
      </dl>
    </section>
  );
}

const evidences: Readonly<Record<string, string>> = {
  key: 'its key',
  path: 'the path of the address',
  header: 'a header',
  codex: "Codex's own header",
  session: 'an earlier call of the session',
  prompt: 'the folder in the prompt',
};

function Facts({ row, names }: Omit<DetailProps, 'onClose'>) {
  return (
    <section>
      <h3>Call</h3>
      <dl class="facts">
        <Fact name="Time">{fullMoment(row.at)}</Fact>
        <Fact name="Key">{row.keyAlias ?? names.key(row.key)}</Fact>
        <Fact name="Project">
          {row.project === null ? 'none' : names.project(row.project)}
          {row.evidence !== null && <div class="quiet">told by {evidences[row.evidence] ?? row.evidence}</div>}
        </Fact>
        {row.assistant !== null && <Fact name="Assistant">{row.assistant}</Fact>}
        {row.branch !== null && <Fact name="Branch">{row.branch}</Fact>}
        {row.session !== null && <Fact name="Session">{row.session}</Fact>}
        <Fact name="Format">
          {row.dialect}
          {row.stream === true && ', streamed'}
        </Fact>
        {row.failure !== null && <Fact name="Failure">{row.failure}</Fact>}
        <Fact name="Call">
          <code>{row.call}</code>
        </Fact>
      </dl>
    </section>
  );
}
