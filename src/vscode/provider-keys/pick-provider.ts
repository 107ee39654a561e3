import {
  env,
  l10n,
  QuickPickItemKind,
  ThemeIcon,
  Uri,
  window,
  type QuickInputButton,
  type QuickPickItem,
} from 'vscode';
import { askGateway } from '../../admin/gateway-client.ts';
import type { KeyedProvider } from '../../admin/provider-key-routes.ts';
import { isVariable, offerGroups, type KeyOffer } from './key-offers.ts';
import type { KeyPorts } from './key-ports.ts';

interface OfferItem extends QuickPickItem {
  /** Absent: any other variable, and headings. */
  readonly offer?: KeyOffer;
}

/** All providers and the variables that the configuration names; our own gateway's answer, of this very version. */
export const keyedProviders = async ({ access }: KeyPorts): Promise<readonly KeyedProvider[]> =>
  (await askGateway(access(), '/purser/providers')) as readonly KeyedProvider[];

/** Asks whose key it is; undefined when the user went away. */
export async function pickProvider(ports: KeyPorts): Promise<KeyOffer | undefined> {
  const there = { stored: new Set(await ports.secrets.keys()), environment: process.env };
  const groups = offerGroups(await keyedProviders(ports), there, l10n);
  const items = groups.flatMap(({ title, offers }): readonly OfferItem[] => [
    { label: title, kind: QuickPickItemKind.Separator },
    ...offers.map(itemOf),
  ]);
  const other = { label: l10n.t('Another...'), description: l10n.t('a variable that the configuration names') };
  const picked = await chosen([...items, other]);
  return picked === other ? askForVariable() : picked?.offer;
}

function itemOf(offer: KeyOffer): OfferItem {
  const { title, variable, state, models, page } = offer;
  const mark = state === 'stored' ? ` $(check) ${l10n.t('stored')}` : '';
  return {
    ...{ label: title, description: `${variable}${mark}`, offer },
    ...(models.length > 0 && { detail: l10n.t('for {0}', models.slice(0, 5).join(', ')) }),
    ...(page !== null && { buttons: [pageButton()] }),
  };
}

/** Opens the page on which the provider gives out keys. */
export const pageButton = (): QuickInputButton => ({
  iconPath: new ThemeIcon('link-external'),
  tooltip: l10n.t('Where to get a key'),
});

export const openPage = (page: string | null): void => {
  if (page !== null) void env.openExternal(Uri.parse(page));
};

function chosen(items: readonly OfferItem[]): Promise<OfferItem | undefined> {
  const pick = window.createQuickPick<OfferItem>();
  pick.title = l10n.t('Purser: Add Provider Key');
  pick.placeholder = l10n.t('Whose key is it?');
  pick.matchOnDescription = true;
  pick.ignoreFocusOut = true;
  pick.items = items;
  return new Promise((resolve) => {
    pick.onDidTriggerItemButton(({ item }) => openPage(item.offer?.page ?? null));
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

async function askForVariable(): Promise<KeyOffer | undefined> {
  const variable = await window.showInputBox({
    title: l10n.t('Purser: Add Provider Key'),
    prompt: l10n.t('The name that stands in the configuration after os.environ/'),
    placeHolder: 'MY_PROVIDER_KEY',
    ignoreFocusOut: true,
    validateInput: (text) => (isVariable(text) ? undefined : l10n.t('A name has letters, digits and _ only.')),
  });
  return variable === undefined ? undefined : bareOffer(variable);
}

/** Of a variable of which nothing is known: its key is kept as it is. */
export const bareOffer = (variable: string): KeyOffer => ({
  ...{ name: '', title: variable, variable, page: null, models: [], state: 'missing' },
});
