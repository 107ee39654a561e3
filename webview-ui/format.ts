/** `$1.24`, and `<$0.01` for what rounds to nothing; from nano-dollars. */
export const dollars = (nano: number): string =>
  nano > 0 && nano < 1e7 ? '<$0.01' : (nano / 1e9).toLocaleString('en-US', { style: 'currency', currency: 'USD' });

/** All digits, for whoever wants to know exactly. */
export const exactDollars = (nano: number): string => `$${(nano / 1e9).toFixed(9).replace(/\.?0+$/, '') || '0'}`;

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** `950`, `12.3K`, `1.2M`. */
export const short = (count: number): string => compact.format(count);

/** `1 request`, `2 requests`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
