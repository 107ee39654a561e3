import { addFigures, noFigures, quartersOfDay, type Figures } from './amounts.ts';

/** Sees a quarter's place in its day, and its amounts in the order of `amounts`; these are good until the next. */
export type SeeQuarter = (quarter: number, figures: Figures) => void;

const comma = 44;
const semicolon = 59;
const minus = 45;
const zero = 48;

/**
 * Reads the quarters from `from` to before `to` of a day's text, such as `51,1200,3;52,700,1,,20;`: the quarter and its
 * amounts, where a zero is nothing. By the character: a chart reads some hundred thousand of these.
 */
export function readQuarters(text: string, [from, to]: readonly [from: number, to: number], see: SeeQuarter): void {
  const figures = noFigures();
  for (let at = 0; at < text.length;) {
    let quarter = 0;
    for (let code = text.charCodeAt(at++); code !== comma; code = text.charCodeAt(at++))
      quarter = quarter * 10 + code - zero;
    if (quarter >= to) return;
    if (quarter < from) {
      at = text.indexOf(';', at) + 1;
      continue;
    }
    at = readFigures(text, at, figures);
    see(quarter, figures);
  }
}

/** Gives the place after them. */
function readFigures(text: string, start: number, figures: Figures): number {
  figures.fill(0);
  let at = start;
  let place = 0;
  let value = 0;
  let isNegative = false;
  for (;;) {
    const code = text.charCodeAt(at++);
    if (code >= zero) {
      if (code === semicolon) break;
      value = value * 10 + code - zero;
    } else if (code === minus) isNegative = true;
    else {
      figures[place++] = isNegative ? -value : value;
      value = 0;
      isNegative = false;
    }
  }
  figures[place] = isNegative ? -value : value;
  return at;
}

/** The text with these quarters added to those that it has. */
export function withQuarters(text: string, more: ReadonlyMap<number, Figures>): string {
  const all = new Map<number, Figures>();
  const add: SeeQuarter = (quarter, figures) => {
    const sum = all.get(quarter) ?? noFigures();
    addFigures(sum, figures);
    all.set(quarter, sum);
  };
  readQuarters(text, [0, quartersOfDay], add);
  for (const [quarter, figures] of more) add(quarter, figures);
  return [...all]
    .sort(([a], [b]) => a - b)
    .map(([quarter, figures]) => `${quarter},${Array.from(figures, (figure) => figure || '').join()};`)
    .join('');
}
