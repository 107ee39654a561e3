import type { ModelUse, Overview, PanelAction, Period, Remedy } from '../src/admin/contract.ts';
import { element } from './dom.ts';
import { counted, dollars, exactDollars, short } from './format.ts';

export type Act = (action: PanelAction) => void;

/** What the panel shows while the gateway runs. */
export const overviewView = (overview: Overview, act: Act): readonly Node[] => [
  address(overview, act),
  element('div', { className: 'periods' }, period('Today', overview.today), period('This month', overview.month)),
  ...[nextStep(overview)].filter((step) => step !== undefined).map((step) => stepCard(step, act)),
  ...models(overview.models, overview.month.cost),
  providers(overview, act),
];

/** What it shows while the gateway does not. */
export const refusalView = (message: string, remedies: readonly Remedy[], act: Act): readonly Node[] => [
  element(
    'section',
    { className: 'card', role: 'status' },
    element('p', {}, message),
    ...remedies.map(({ action, title }, index) => button(title, () => act(action), index === 0)),
  ),
];

function address({ baseUrl }: Overview, act: Act): HTMLElement {
  const copy = button('Copy', () => {
    act('copyBaseUrl');
    copy.textContent = 'Copied';
    setTimeout(() => (copy.textContent = 'Copy'), 1_500);
  });
  copy.ariaLabel = 'Copy base URL';
  return element(
    'section',
    {},
    element('h2', {}, 'Base URL'),
    element('div', { className: 'row' }, element('code', { title: baseUrl }, baseUrl), copy),
  );
}

function period(title: string, { cost, calls, failed, input, output }: Period): HTMLElement {
  const failures = failed === 0 ? [] : [element('p', { className: 'failed' }, `${short(failed)} failed`)];
  return element(
    'section',
    { className: 'card' },
    element('h2', {}, title),
    element('p', { className: 'amount', title: exactDollars(cost) }, dollars(cost)),
    element('p', {}, counted(calls, 'request')),
    ...failures,
    element('p', { className: 'quiet' }, `${short(input)} tokens in, ${short(output)} out`),
  );
}

interface Step {
  readonly text: string;
  readonly title: string;
  readonly action: PanelAction;
}

/** What to do next, as long as something is still to be done. */
function nextStep({ providers, keys, month }: Overview): Step | undefined {
  if (providers.length === 0)
    return {
      text: "Add a provider's key. It is kept in the editor's secret storage, and your tools never see it. Until then, the model demo answers.",
      ...addProviderKey,
    };
  if (keys === 0)
    return {
      text: 'Create a key for each tool, with a monthly limit if you like. The tool needs that key and the base URL.',
      ...createKey,
    };
  if (month.calls === 0)
    return {
      text: 'Give a tool its key and the base URL. Its first request shows up here.',
      title: 'Copy Base URL',
      action: 'copyBaseUrl',
    };
  return undefined;
}

const addProviderKey = { title: 'Add Provider Key', action: 'addProviderKey' } as const;
const createKey = { title: 'Create Key', action: 'createKey' } as const;

const stepCard = ({ text, title, action }: Step, act: Act): HTMLElement =>
  element(
    'section',
    { className: 'card next' },
    element('h2', {}, 'Next'),
    element('p', {}, text),
    button(title, () => act(action), true),
  );

function models(uses: readonly ModelUse[], spent: number): readonly Node[] {
  if (uses.length === 0) return [];
  const head = element('tr', {}, heading('Model'), heading('Requests'), heading('Spend'));
  return [
    element(
      'section',
      {},
      element('h2', { id: 'models' }, 'Top models this month'),
      element(
        'table',
        {},
        element('thead', {}, head),
        element('tbody', {}, ...uses.map((use) => modelRow(use, spent))),
      ),
    ),
  ];
}

const heading = (text: string): HTMLElement => element('th', { scope: 'col' }, text);

function modelRow({ model, cost, calls }: ModelUse, spent: number): HTMLElement {
  const row = element(
    'tr',
    {},
    element('td', { title: model }, model),
    element('td', {}, short(calls)),
    element('td', { title: exactDollars(cost) }, dollars(cost)),
  );
  // Its share of the month, as a bar behind the row; the figures beside it say the same.
  row.style.setProperty('--share', spent > 0 ? `${(100 * cost) / spent}%` : '0%');
  return row;
}

function providers(overview: Overview, act: Act): HTMLElement {
  const offered = [addProviderKey, createKey].filter(({ action }) => action !== nextStep(overview)?.action);
  return element(
    'section',
    {},
    element('h2', {}, 'Providers'),
    element('p', {}, overview.providers.join(', ') || 'None yet'),
    element('h2', {}, 'Keys'),
    element('p', {}, overview.keys === 0 ? 'None yet' : counted(overview.keys, 'key')),
    element('div', { className: 'row' }, ...offered.map(({ title, action }) => button(title, () => act(action)))),
  );
}

function button(title: string, onclick: () => void, isPrimary = false): HTMLButtonElement {
  return element('button', { type: 'button', className: isPrimary ? 'primary' : '', onclick }, title);
}
