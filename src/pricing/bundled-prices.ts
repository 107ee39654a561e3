import { waitForUpdate } from '@pydantic/genai-prices';
import { genaiLines } from './genai-lines.ts';

/**
 * The prices that Purser comes with. The build puts their lines in the place of this file: as objects the table takes
 * 15 MB, and the library's own code is not needed at all.
 */
export const bundledPrices = async (): Promise<string> => genaiLines((await waitForUpdate()) ?? []);
