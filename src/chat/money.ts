declare const nano: unique symbol;
/** Money: whole billionths of a US dollar. Safe as a number up to nine million dollars. */
export type NanoUsd = number & { readonly [nano]: true };

export const noMoney = 0 as NanoUsd;

/** Rounds a number of nano-dollars to a whole amount. */
export const nanoUsd = (amount: number): NanoUsd => Math.round(amount) as NanoUsd;

/** From dollars, as they stand in a configuration or in a provider's reported cost. */
export const fromDollars = (dollars: number): NanoUsd => nanoUsd(dollars * 1e9);

/** To dollars, for wire formats that speak of dollars. */
export const toDollars = (amount: NanoUsd): number => amount / 1e9;

/** Dollars with all nine places, exactly: `0.000123450`. For files that other programs read. */
export function exactDollars(amount: NanoUsd): string {
  const whole = Math.trunc(Math.abs(amount) / 1e9);
  const rest = String(Math.abs(amount) % 1e9).padStart(9, '0');
  return `${amount < 0 ? '-' : ''}${whole}.${rest}`;
}

/** `$1.24`, and more digits only where an amount under a cent needs them. For people; never parsed. */
export function formatDollars(amount: NanoUsd): string {
  const dollars = toDollars(amount);
  if (dollars === 0 || Math.abs(dollars) >= 0.01) return `$${dollars.toFixed(2)}`;
  return `$${dollars.toFixed(9).replace(/0+$/, '')}`;
}
