import type { ComponentChildren } from 'preact';
import type { DryRun } from '../src/admin/contract.ts';
import { dollars, exactDollars, smallDollars, span, windowName } from './format.ts';
import { plural, t, whole } from './l10n.ts';
import { Badge, Head } from './parts.tsx';

type Step = DryRun['steps'][number];

/** What a dry run found, from the name to the providers. */
export function DryRunStory({ told }: { readonly told: DryRun }) {
  const chosen = told.steps.findIndex(({ way }) => way !== null);
  return (
    <section class="story" aria-label={t('What would happen')}>
      <Outcome told={told} />
      <Way told={told} />
      {told.steps.length > 0 && (
        <ol>
          {told.steps.map((step, index) => (
            <StepStory key={`${step.group} ${step.id}`} step={step} isChosen={index === chosen} />
          ))}
        </ol>
      )}
      {told.passedOver.length > 0 && (
        <>
          <h3>{t('Passed over')}</h3>
          <ul>
            {told.passedOver.map((one) => (
              <li key={one.id}>
                {one.model} <span class="quiet">{one.account}</span>: {whyNot[one.reason]}
                {one.message !== null && <span class="quiet"> {one.message}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

const whyNot: Readonly<Record<DryRun['passedOver'][number]['reason'], string>> = {
  tags: t('other tags.'),
  size: t('too small for the prompt.'),
  resting: t('resting.'),
  'not reached': t('not needed.'),
};

function Outcome({ told: { outcome, error, waitMs, steps } }: { readonly told: DryRun }) {
  const chosen = steps.find(({ way }) => way !== null);
  switch (outcome) {
    case 'refused':
      return (
        <div class="trouble">
          <p>
            <Badge tone="bad">{t('Refused with {0}', error?.status ?? '')}</Badge>{' '}
            {waitMs > 0 && t('After waiting {0} for money that other calls hold:', span(waitMs))}
          </p>
          <p>{error?.message}</p>
        </div>
      );
    case 'cached':
      return <Line badge={<Badge tone="good">{t('Answered from the cache')}</Badge>}>{t('It costs nothing.')}</Line>;
    case 'mocked':
      return (
        <Line badge={<Badge tone="good">{t('Answered here')}</Badge>}>
          {t('By the mock_response of the deployment; it costs nothing.')}
        </Line>
      );
    case 'sent':
      return (
        <Line badge={<Badge tone="good">{t('Sent')}</Badge>}>
          {t('To {0} of {1}, for {2} at most.', chosen?.model ?? '', chosen?.account ?? '', costOf(chosen))}
        </Line>
      );
  }
}

const Line = ({ badge, children }: { readonly badge: ComponentChildren; readonly children: ComponentChildren }) => (
  <p>
    {badge} {children}
  </p>
);

const costOf = (step: Step | undefined): string => smallDollars(step?.hold ?? 0);

/** How the name led to its deployments. */
function Way({ told: { model, route, tokens, project } }: { readonly told: DryRun }) {
  if (model === null) return null;
  const ways: Readonly<Record<NonNullable<DryRun['route']>['by'], string>> = {
    name: t('{0} is a name of the configuration.', model),
    pattern: t('{0} fits the pattern {1}.', model, route?.pattern ?? ''),
    alias: t('{0} stands for {1}, by the configuration.', model, route?.group ?? ''),
    'alias of the key': t('{0} stands for {1}, by an alias of the key.', model, route?.group ?? ''),
    'alias of the project': t('{0} stands for {1}, by an alias of the project.', model, route?.group ?? ''),
  };
  return (
    <p class="quiet">
      {route !== null && ways[route.by]}{' '}
      {tokens !== null && plural(tokens, 'The prompt has about {0} token.', 'The prompt has about {0} tokens.')}{' '}
      {project !== null && t('It counts on the project {0}.', project)}
    </p>
  );
}

const reasons: Readonly<Record<string, string>> = {
  next: t('If that fails'),
  retry: t('Once more'),
  fallback: t('Fallback'),
  'context-window': t('Fallback for long prompts'),
  'content-policy': t('Fallback for refused content'),
  budget: t('Fallback for spent budgets'),
};

function StepStory({ step, isChosen }: { readonly step: Step; readonly isChosen: boolean }) {
  return (
    <li class={step.way === null ? 'not' : ''}>
      <h3>
        {step.model} <span class="quiet">{step.account}</span>{' '}
        {isChosen ? <Badge tone="good">{t('First')}</Badge> : <StepBadge step={step} />}
      </h3>
      {step.failure !== null && <p class="bad">{step.failure.message}</p>}
      {!step.hasKey && <p class="warn">{t('It has no key, so the provider is likely to refuse it.')}</p>}
      {step.url !== null && (
        <p class="quiet">
          {step.way === 'relay'
            ? t('Relayed as it came to {0}', step.url)
            : t('Translated into {0} for {1}', step.dialect ?? '', step.url)}
        </p>
      )}
      {isChosen && step.hold !== null && <Money step={step} hold={step.hold} />}
      {step.dropped.length > 0 && (
        <p class="warn">{t('Left out, as the provider does not take it: {0}', step.dropped.join(', '))}</p>
      )}
      {isChosen && step.changes.length > 0 && <Changes changes={step.changes} />}
    </li>
  );
}

const StepBadge = ({ step }: { readonly step: Step }) =>
  step.way === null ? (
    <Badge tone="bad">{t('Not asked')}</Badge>
  ) : (
    <Badge tone="plain">{reasons[step.reason ?? 'next'] ?? step.reason}</Badge>
  );

function Money({ step, hold }: { readonly step: Step; readonly hold: number }) {
  const { outputLimit: limit } = step;
  const [amount, most] = [exactDollars(hold), whole(step.inputBound)];
  return (
    <>
      <p>
        {limit === null
          ? t('{0} would be held, for at most {1} tokens in and all that the model can write.', amount, most)
          : t('{0} would be held, for at most {1} tokens in and {2} out.', amount, most, whole(limit))}{' '}
        {step.isLowered && <span class="warn">{t('A budget lowers the output to that.')}</span>}
        {step.isAssumed && (
          <span class="warn"> {t('Its price is not known; the dearest of its family is assumed.')}</span>
        )}
      </p>
      {step.budgets.length > 0 && (
        <table>
          <Head columns={[t('Budget'), [t('Spent'), 'number'], [t('Left'), 'number'], [t('Of'), 'number']]} />
          <tbody>
            {step.budgets.map(({ title, max, duration, spent, left }) => (
              <tr key={`${title} ${String(duration)}`}>
                <th scope="row">{title}</th>
                <td class="number">{dollars(spent)}</td>
                <td class="number">{dollars(left)}</td>
                <td class="number quiet">
                  {dollars(max)} {windowName(duration)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

const Changes = ({ changes }: { readonly changes: Step['changes'] }) => (
  <details>
    <summary>{plural(changes.length, '{0} member of the body differs', '{0} members of the body differ')}</summary>
    <table>
      <Head columns={[t('Member'), t('As it came'), t('As it goes out')]} />
      <tbody>
        {changes.map(({ name, before, after }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="value">{before ?? '–'}</td>
            <td class="value">{after ?? '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </details>
);
