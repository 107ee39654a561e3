import type { Stopper } from '../lib/stop.ts';
import type { Bill } from './bill.ts';
import type { Call } from './call.ts';

/** A call under way: what ends it (with a Failure that says why), and, once it is let in, what it is and its bill. */
export interface Running {
  readonly stop: Stopper;
  admitted?: { readonly call: Call; readonly group: string; readonly bill: Bill };
}
