import type { Overview } from '../src/admin/contract.ts';
import { connectHost, Refusal } from './host.ts';
import { overviewView, refusalView, type Act } from './overview.ts';
import './style.css';

const main = document.getElementById('panel') ?? document.body;
const host = connectHost(() => void refresh());
const act: Act = (action) => void host.ask('act', { action });

let shown = '';

/** Redraws only when something changed, and leaves the focus where it was. */
function show(sign: string, view: () => readonly Node[]): void {
  if (sign === shown) return;
  shown = sign;
  const focused = document.activeElement?.textContent;
  main.replaceChildren(...view());
  main.ariaBusy = 'false';
  [...main.querySelectorAll('button')].find(({ textContent }) => textContent === focused)?.focus();
}

const showOverview = (overview: Overview): void => show(JSON.stringify(overview), () => overviewView(overview, act));

let asking = false;
let askAgain = false;

async function refresh(): Promise<void> {
  askAgain = asking;
  if (asking) return;
  asking = true;
  try {
    const overview = await host.ask('overview', {});
    host.keep(overview);
    showOverview(overview);
  } catch (error) {
    const { message, remedies } = error instanceof Refusal ? error : new Refusal(String(error), []);
    show(message, () => refusalView(message, remedies, act));
  }
  asking = false;
  if (askAgain) await refresh();
}

const kept = host.kept();
if (kept !== undefined) showOverview(kept as Overview);
void refresh();
