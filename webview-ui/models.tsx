import { useState } from 'preact/hooks';
import type { Configuration, DeploymentRow, ModelRow } from '../src/admin/contract.ts';
import { useAsk, useHost, useTrial } from './asking.ts';
import { ConfigDialog } from './config-dialog.tsx';
import { DeploymentDialog } from './deployment-form.tsx';
import { DryRunDialog } from './dry-run.tsx';
import { moment, perMillion, short, span, taken } from './format.ts';
import { act, canAct } from './host.ts';
import { plural, t } from './l10n.ts';
import { Menu } from './overlays.tsx';
import { Loading } from './overview.tsx';
import { Badge, Button, Empty, Head, Section, Trouble } from './parts.tsx';
import { RoutingDialog } from './routing-form.tsx';

/** Which dialog is open. */
type Open =
  { readonly type: 'add' | 'routing' | 'try' | 'starter' } | { readonly type: 'edit' | 'remove'; readonly id: string };

/** What names lead to, how that is, and what it costs. */
export function ModelsView() {
  const { data, refusal, again } = useAsk('deployments', {}, 5_000);
  const file = useAsk('configuration', {}, 5_000);
  const [open, setOpen] = useState<Open>();
  const close = (): void => {
    setOpen(undefined);
    file.again(); // whoever opens it next sees what stands there now
  };
  const saved = (): void => {
    close();
    again();
  };
  if (data === undefined) return refusal === undefined ? <Loading /> : <Trouble refusal={refusal} again={again} />;
  const infos = new Map(data.models.map((one) => [one.model_info.id, one]));
  const editable = new Set(file.data?.entries.map(({ id }) => id));
  const groups = new Map<string, DeploymentRow[]>();
  for (const one of data.deployments) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  return (
    <Section
      title={t('Models')}
      note={`${plural(groups.size, '{0} name', '{0} names')}, ${plural(data.deployments.length, '{0} deployment', '{0} deployments')}`}
      actions={<Toolbar open={setOpen} canEdit={file.data?.problem === null} />}
    >
      {refusal !== undefined && <Trouble refusal={refusal} again={again} />}
      {file.data !== undefined && <FileNote file={file.data} open={setOpen} />}
      {data.deployments.length === 0 ? (
        <Empty title={t('No models')}>
          {t('Add a deployment, or list some under model_list in the configuration.')}
        </Empty>
      ) : (
        <div class="scroll">
          <table class="wide-rows">
            <Head
              columns={[
                t('Name and deployment'),
                t('Health'),
                [t('Order, weight'), 'number optional'],
                [t('Price per million'), 'number'],
                [t('Context'), 'number optional'],
              ]}
              actions
            />
            {[...groups].map(([name, deployments]) => (
              <tbody key={name}>
                <tr class="group">
                  <th scope="rowgroup" colSpan={6}>
                    {name}
                    {deployments.length > 1 && (
                      <span class="quiet"> {plural(deployments.length, '{0} deployment', '{0} deployments')}</span>
                    )}
                  </th>
                </tr>
                {deployments.map((one) => (
                  <Deployment
                    key={one.id}
                    row={one}
                    info={infos.get(one.id)}
                    again={again}
                    {...(editable.has(one.id) && { open: setOpen })}
                  />
                ))}
              </tbody>
            ))}
          </table>
        </div>
      )}
      {open !== undefined && file.data !== undefined && (
        <Dialogs open={open} file={file.data} names={[...groups.keys()]} onClose={close} onSaved={saved} />
      )}
    </Section>
  );
}

interface OpenProps {
  readonly open: (what: Open) => void;
}

function Toolbar({ open, canEdit }: OpenProps & { readonly canEdit: boolean }) {
  const host = useHost();
  return (
    <>
      <Button onClick={() => open({ type: 'try' })}>{t('Try a Request')}</Button>
      <Button disabled={!canEdit} onClick={() => open({ type: 'routing' })}>
        {t('Routing')}
      </Button>
      {canAct(host) && <Button onClick={() => act(host, 'openConfiguration')}>{t('Open Configuration')}</Button>}
      <Button look="primary" disabled={!canEdit} onClick={() => open({ type: 'add' })}>
        {t('Add Deployment')}
      </Button>
    </>
  );
}

/** Where what is shown stands, as far as that needs saying. */
function FileNote({ file, open }: OpenProps & { readonly file: Configuration }) {
  if (file.problem !== null) return <p class="bad">{file.problem}</p>;
  if (file.listsModels) return null;
  return (
    <div class="note">
      <p>
        {file.exists
          ? t('The configuration lists no models, so the built-in ones are offered: {0}', file.file)
          : t('There is no configuration file, so the built-in models are offered. It would be {0}', file.file)}
      </p>
      <Button onClick={() => open({ type: 'starter' })}>{t('Write Them Down')}</Button>
    </div>
  );
}

interface DialogsProps {
  readonly open: Open;
  readonly file: Configuration;
  readonly names: readonly string[];
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** The file as it was when the dialog was opened: what changes meanwhile is told, not overwritten. */
function Dialogs({ open, file: newest, names, onClose, onSaved }: DialogsProps) {
  const [file] = useState(newest);
  const common = { file, onClose, onSaved };
  switch (open.type) {
    case 'try':
      return <DryRunDialog names={names} onClose={onClose} />;
    case 'routing':
      return <RoutingDialog {...common} />;
    case 'starter':
      return <ConfigDialog {...common} title={t('Write the built-in models down')} edits={[{ type: 'starter' }]} />;
    case 'add':
      return <DeploymentDialog {...common} entry={undefined} />;
    case 'edit':
      return <DeploymentDialog {...common} entry={file.entries.find(({ id }) => id === open.id)} />;
    case 'remove':
      return <ConfigDialog {...common} title={t('Remove the deployment')} edits={[{ type: 'remove', id: open.id }]} />;
  }
}

interface DeploymentProps {
  readonly row: DeploymentRow;
  readonly info: ModelRow | undefined;
  readonly again: () => void;
  /** Where its entry stands in the file itself. */
  readonly open?: (what: Open) => void;
}

function Deployment({ row, info, again, open }: DeploymentProps) {
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
        <div class="quiet">{about?.max_output_tokens == null ? '' : t('{0} out', short(about.max_output_tokens))}</div>
      </td>
      <td class="actions-cell">
        <Actions row={row} again={again} {...(open && { open })} />
      </td>
    </tr>
  );
}

function Health({ row }: { readonly row: DeploymentRow }) {
  const { state, reason, message, accountWide, until, inFlight, requestsThisMinute, latencyMs, lastError } = row;
  const load = [
    ...(inFlight > 0 ? [t('{0} in flight', inFlight)] : []),
    ...(requestsThisMinute > 0
      ? [plural(requestsThisMinute, '{0} request this minute', '{0} requests this minute')]
      : []),
    ...(latencyMs === null ? [] : [t('first content in {0}', taken(latencyMs))]),
  ];
  return (
    <>
      <Badge tone={state === 'healthy' ? 'good' : state === 'probing' ? 'warn' : 'bad'}>
        {state === 'cooling' ? t('resting') : state === 'probing' ? t('being tried') : t('healthy')}
      </Badge>
      {state !== 'healthy' && (
        <div class="reason" title={message ?? ''}>
          {accountWide ? t('Its account: {0}', message ?? reason ?? '') : (message ?? reason)}{' '}
          {until !== null && until > Date.now() && t('For {0} more.', span(until - Date.now()))}
        </div>
      )}
      <div class="quiet">{load.join(', ')}</div>
      {state === 'healthy' && lastError !== null && (
        <div class="quiet cut" title={lastError.message}>
          {t('last error {0}: {1}', moment(lastError.at), lastError.message)}
        </div>
      )}
    </>
  );
}

function Price({ about }: { readonly about: ModelRow['model_info'] | undefined }) {
  if (about?.input_cost_per_token == null) return <span class="quiet">{t('unknown')}</span>;
  const { price_source: source, price_as_of: asOf, price_assumed: assumed, price_warning: warning } = about;
  return (
    <>
      {perMillion(about.input_cost_per_token)} <span class="quiet">{t('in')}</span>{' '}
      {perMillion(about.output_cost_per_token)} <span class="quiet">{t('out')}</span>
      <div class="quiet">
        {assumed === true && `${t('assumed')}, `}
        {asOf === null ? source : t('{0} of {1}', source ?? '', asOf)}
      </div>
      {warning !== null && <div class="warn">{warning}</div>}
    </>
  );
}

function Actions({ row, again, open }: Omit<DeploymentProps, 'info'>) {
  const host = useHost();
  const { busy, found, run } = useTrial();
  const test = (): void =>
    run(async () => {
      const { healthy, error, reason, response_time_ms: ms } = await host.ask('testDeployment', { id: row.id });
      again();
      const answered = t('answered in {0}', taken(ms ?? 0));
      return { good: healthy, text: healthy ? answered : (error ?? reason ?? t('did not answer')) };
    });
  const retry = (): void =>
    run(async () => {
      await host.ask('retryDeployment', { id: row.id });
      again();
      return undefined;
    });
  return (
    <>
      <div class="buttons">
        {row.state !== 'healthy' && (
          <Button disabled={busy} label={t('Try {0} now', row.model)} onClick={retry}>
            {t('Try Now')}
          </Button>
        )}
        <Button
          disabled={busy}
          label={t('Test {0} of {1}', row.model, row.group)}
          title={t('A real call of a few tokens, booked on the admin key')}
          onClick={test}
        >
          {busy ? t('Testing…') : t('Test')}
        </Button>
        {open !== undefined && (
          <Menu
            label={t('More for {0} of {1}', row.model, row.group)}
            items={[
              { title: t('Edit'), onChoose: () => open({ type: 'edit', id: row.id }) },
              { title: t('Remove'), danger: true, onChoose: () => open({ type: 'remove', id: row.id }) },
            ]}
          />
        )}
      </div>
      <div role="status" class={found?.good === false ? 'bad told' : 'good told'}>
        {found?.text}
      </div>
    </>
  );
}
