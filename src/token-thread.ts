import { parentPort } from 'node:worker_threads';
import { loadEncoding } from './tokens/encodings.ts';
import { serveCounts } from './tokens/serve-counts.ts';

// js-tiktoken in its own thread: it takes most of a second to load, and a long prompt tens of milliseconds to count.
if (parentPort) serveCounts(parentPort, loadEncoding);
