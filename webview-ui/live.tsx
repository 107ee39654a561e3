import { useEffect, useState } from 'preact/hooks';
import type { RunningCall } from '../src/admin/contract.ts';
import { useAsk, useDoing, useHost } from './asking.ts';
import { exactDollars, short, smallDollars, span } from './format.ts';
import type { Names } from './names.ts';
import { Loading, useNames } from './overview.tsx';
import { plural, t } from './l10n.ts';
import { Bar, Button, Empty, Head, Section, Trouble } from './parts.tsx';

const everyMs = 1_000;

/** The calls under way, and an end to each. */
export function LiveView() {
  const { data, refusal, again } = useAsk('calls', {}, everyMs);
  const names = useNames();
  if (data === undefined) return refusal === undefined ? <Loading /> : <Trouble refusal={refusal} again={again} />;
  return (
    <Section
      title={t('Calls in flight')}
      note={data.calls.length > 0 ? plural(data.calls.length, '{0} call', '{0} calls') : undefined}
    >
      {refusal !== undefined && <Trouble refusal={refusal} again={again} />}
      {data.calls.length === 0 ? (
        <Empty title={t('Nothing is running')}>
          {t(
            'A call shows here from its first byte to its last, with what it costs so far and the most that it can cost. Stop ends it at the provider too.',
          )}
        </Empty>
      ) : (
        <Calls calls={data.calls} now={data.now} names={names} again={again} />
      )}
    </Section>
  );
}

interface CallsProps {
  readonly calls: readonly RunningCall[];
  readonly now: number;
  readonly names: Names;
  readonly again: () => void;
}

function Calls({ calls, now, names, again }: CallsProps) {
  return (
    <div class="scroll">
      <table class="wide-rows">
        <Head
          columns={[
            t('Assistant'),
            t('Model'),
            [t('Key and project'), 'optional'],
            [t('Running'), 'number'],
            [t('Tokens'), 'number'],
            [t('Cost so far'), 'number'],
          ]}
          actions
        />
        <tbody>
          {calls.map((call) => (
            <CallRow key={call.call} call={call} now={now} names={names} again={again} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const stages = { waiting: t('waiting its turn'), sent: t('sent'), answering: t('answering') } as const;

function CallRow({ call, now, names, again }: Omit<CallsProps, 'calls'> & { readonly call: RunningCall }) {
  const { cost, most } = call;
  return (
    <tr>
      <th scope="row">
        <div class="cut">{call.assistant ?? t('Other tool')}</div>
        <div class="quiet">{stages[call.stage]}</div>
      </th>
      <td>
        <div class="cut" title={call.model ?? call.group}>
          {call.group}
        </div>
        <div class="quiet cut">{call.provider}</div>
      </td>
      <td class="optional">
        <div class="cut">{names.key(call.key)}</div>
        <div class="quiet cut">{call.project === null ? '' : names.project(call.project)}</div>
      </td>
      <td class="number">{span(now - call.at)}</td>
      <td class="number">
        {call.input === null ? '–' : t('{0} in', short(call.input))}
        <div class="quiet">{call.output === null ? '' : t('{0} out', short(call.output))}</div>
      </td>
      <td class="number" title={cost === null ? '' : exactDollars(cost)}>
        {cost === null ? '–' : smallDollars(cost)}
        <div class="quiet">{most === null ? '' : t('{0} at most', smallDollars(most))}</div>
        {cost !== null && most !== null && most > 0 && (
          <Bar share={cost / most} label={t('{0} of at most {1}', smallDollars(cost), smallDollars(most))} />
        )}
      </td>
      <td class="actions-cell">
        <Stop call={call} again={again} />
      </td>
    </tr>
  );
}

function Stop({ call, again }: { readonly call: RunningCall; readonly again: () => void }) {
  const host = useHost();
  const { busy, refusal, run } = useDoing();
  const [told, setTold] = useState('');
  useEffect(() => setTold(refusal?.message ?? ''), [refusal]);
  return (
    <>
      <Button
        look="danger"
        disabled={busy}
        label={t('Stop {0} of {1}', call.group, call.assistant ?? t('other tool'))}
        onClick={() =>
          run(async () => {
            await host.ask('stopCall', { call: call.call });
            again();
          })
        }
      >
        {t('Stop')}
      </Button>
      {told !== '' && (
        <div class="bad" role="alert">
          {told}
        </div>
      )}
    </>
  );
}
