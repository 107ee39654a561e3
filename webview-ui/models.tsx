import type { DeploymentRow, ModelRow } from '../src/admin/contract.ts';
import { useAsk, useDoing, useHost } from './asking.ts';
import { counted, moment, perMillion, short, span, taken } from './format.ts';
import { act, canAct } from './host.ts';
import { Loading } from './overview.tsx';
import { Badge, Button, Empty, Section, Trouble } from './parts.tsx';
import { useState } from 'preact/hooks';

/** What names lead to, how that is, and what it costs. */
export function ModelsView() {
  const { data, refusal, again } = useAsk('deployments', {}, 5_000);
  const host = useHost();
  if (data === undefined) return refusal === undefined ? <Loading /> : <Trouble refusal={refusal} again={again} />;
  const infos = new Map(data.models.map((one) => [one.model_info.id, one]));
  const groups = new Map<string, DeploymentRow[]>();
  for (const one of data.deployments) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  return (
    <Section
      title="Models"
      note={`${counted(groups.size, 'name')}, ${counted(data.deployments.length, 'deployment')}`}
      actions={
        canAct(host) ? <Button onClick={() => act(host, 'openConfiguration')}>Open Configuration</Button> : undefined
      }
    >
      {refusal !== undefined && <Trouble refusal={refusal} again={again} />}
      {data.deployments.length === 0 ? (
        <Empty title="No models">List some under model_list in the configuration.</Empty>
      ) : (
        <div class="scroll">
          <table class="wide-rows">
            <thead>
              <tr>
                <th scope="col">Name and deployment</th>
                <th scope="col">Health</th>
                <th scope="col" class="number optional">
                  Order, weight
                </th>
                <th scope="col" class="number">
                  Price per million
                </th>
                <th scope="col" class="number optional">
                  Context
                </th>
                <th scope="col">
                  <span class="unseen">Actions</span>
                </th>
              </tr>
            </thead>
            {[...groups].map(([name, deployments]) => (
              <tbody key={name}>
                <tr class="group">
                  <th scope="rowgroup" colSpan={6}>
                    {name}
                    {deployments.length > 1 && <span class="quiet"> {counted(deployments.length, 'deployment')}</span>}
                  </th>
                </tr>
                {deployments.map((one) => (
                  <Deployment key={one.id} row={one} info={infos.get(one.id)} again={again} />
                ))}
              </tbody>
            ))}
          </table>
        </div>
      )}
    </Section>
  );
}

interface DeploymentProps {
  readonly row: DeploymentRow;
  readonly info: ModelRow | undefined;
  readonly again: () => void;
}

function Deployment({ row, info, again }: DeploymentProps) {
  const about = info?.model_info;
  return (
    <tr>
      <th scope="row">
        <div class="cut" title={row.model}>
          {row.model}
        </div>
        <div class="quiet cut" title={row.account}>
          {row.account}
        </div>
      </th>
      <td>
        <Health row={row} />
      </td>
      <td class="number optional quiet">
        {row.order === null && row.weight === null ? '–' : `${row.order ?? '–'}, ${row.weight ?? '–'}`}
      </td>
      <td class="number">
        <Price about={about} />
      </td>
      <td class="number optional">
        {about?.max_input_tokens == null ? '–' : short(about.max_input_tokens)}
        <div class="quiet">{about?.max_output_tokens == null ? '' : `${short(about.max_output_tokens)} out`}</div>
      </td>
      <td class="actions-cell">
        <Actions row={row} again={again} />
      </td>
    </tr>
  );
}

function Health({ row }: { readonly row: DeploymentRow }) {
  const { state, reason, message, accountWide, until, inFlight, requestsThisMinute, latencyMs, lastError } = row;
  const load = [
    ...(inFlight > 0 ? [`${inFlight} in flight`] : []),
    ...(requestsThisMinute > 0 ? [`${counted(requestsThisMinute, 'request')} this minute`] : []),
    ...(latencyMs === null ? [] : [`first content in ${taken(latencyMs)}`]),
  ];
  return (
    <>
      <Badge tone={state === 'healthy' ? 'good' : state === 'probing' ? 'warn' : 'bad'}>
        {state === 'cooling' ? 'resting' : state === 'probing' ? 'being tried' : 'healthy'}
      </Badge>
      {state !== 'healthy' && (
        <div class="reason" title={message ?? ''}>
          {accountWide && 'Its account: '}
          {message ?? reason}
          {until !== null && until > Date.now() && ` For ${span(until - Date.now())} more.`}
        </div>
      )}
      <div class="quiet">{load.join(', ')}</div>
      {state === 'healthy' && lastError !== null && (
        <div class="quiet cut" title={lastError.message}>
          last error {moment(lastError.at)}: {lastError.message}
        </div>
      )}
    </>
  );
}

function Price({ about }: { readonly about: ModelRow['model_info'] | undefined }) {
  if (about?.input_cost_per_token == null) return <span class="quiet">unknown</span>;
  const { price_source: source, price_as_of: asOf, price_assumed: assumed, price_warning: warning } = about;
  return (
    <>
      {perMillion(about.input_cost_per_token)} <span class="quiet">in</span> {perMillion(about.output_cost_per_token)}{' '}
      <span class="quiet">out</span>
      <div class="quiet">
        {assumed === true ? 'assumed, ' : ''}
        {source ?? ''}
        {asOf !== null && ` of ${asOf}`}
      </div>
      {warning !== null && <div class="warn">{warning}</div>}
    </>
  );
}

function Actions({ row, again }: { readonly row: DeploymentRow; readonly again: () => void }) {
  const host = useHost();
  const { busy, refusal, run } = useDoing();
  const [found, setFound] = useState<{ readonly good: boolean; readonly text: string }>();
  const test = (): void =>
    run(async () => {
      setFound(undefined);
      const { healthy, error, reason, response_time_ms: ms } = await host.ask('testDeployment', { id: row.id });
      setFound({
        good: healthy,
        text: healthy ? `answered in ${taken(ms ?? 0)}` : (error ?? reason ?? 'did not answer'),
      });
      again();
    });
  const retry = (): void =>
    run(async () => {
      await host.ask('retryDeployment', { id: row.id });
      again();
    });
  return (
    <>
      <div class="buttons">
        {row.state !== 'healthy' && (
          <Button disabled={busy} label={`Try ${row.model} now`} onClick={retry}>
            Try Now
          </Button>
        )}
        <Button
          disabled={busy}
          label={`Test ${row.model} of ${row.group}`}
          title="A real call of a few tokens, booked on the admin key"
          onClick={test}
        >
          {busy ? 'Testing…' : 'Test'}
        </Button>
      </div>
      <div role="status" class={refusal !== undefined || found?.good === false ? 'bad told' : 'good told'}>
        {refusal?.message ?? found?.text}
      </div>
    </>
  );
}
