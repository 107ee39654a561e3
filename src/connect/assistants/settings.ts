import type { Json } from '../../lib/json.ts';
import type { Setting } from '../change.ts';
import type { Path } from '../format.ts';

export const setting = (path: Path, value: Json): Setting => ({ path, value });

/** One setting, or none where there is no value for it. */
export const settings = (path: Path, value: Json | undefined): readonly Setting[] =>
  value === undefined ? [] : [{ path, value }];

/** Something that bears our name. */
export const ours = (path: Path, value: Json): Setting => ({ path, value, isOurs: true });

/** Only where the file says nothing there. */
export const byDefault = (path: Path, value: Json): Setting => ({ path, value, isDefault: true });
