import type { Bodies, BodyRules } from '../bodies/bodies.ts';
import { bodyFolder } from '../bodies/body-folder.ts';
import { hidden, type HidingLimits } from '../bodies/hide.ts';
import type { Failure } from '../chat/failure.ts';
import type { Config } from '../config/config.ts';
import type { Keys } from '../keys/keys.ts';
import { unitMs } from '../lib/duration.ts';
import { objectIn } from '../lib/json.ts';
import type { Redact } from '../lib/redact.ts';
import type { After, Clock } from '../lib/time.ts';
import type { Bill } from './bill.ts';
import type { Call } from './call.ts';
import { clientNamed } from './clients.ts';
import type { Log } from './log.ts';
import { keptJson, type KeptBody } from './kept-body.ts';
import { recordedSink, type SoFar } from './recorded-sink.ts';
import { saidIn } from './said.ts';
import type { Sink } from './sink.ts';

/** The bodies of calls whose keys have them kept. */
export interface CallBodies extends Bodies {
  /** Listens to a call; what its client gets passes through `sink`. */
  readonly begin: (call: Call, sink: Sink) => Keeping;
}

export interface Keeping {
  readonly sink: Sink;
  readonly failed: (failure: Failure) => void;
  /** Has it written, later. A call that was never let in has no row, and nothing of it is kept. */
  readonly done: (bill: Bill) => void;
}

export interface CallBodiesOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly config: () => Config;
  readonly log: Log;
  readonly redact: () => Redact;
  readonly after?: After;
}

/** Of one body: characters of text, and of pictures and the like. */
const limits: HidingLimits = { text: 2 * 1024 * 1024, files: 6 * 1024 * 1024 };
/** Bytes of one answer as it is sent: a stream wraps each word in hundreds of them. */
const mostSent = 8 * 1024 * 1024;
/** Bytes of all answers under way; beyond that they are cut. */
const mostHeard = 64 * 1024 * 1024;

/** Keeps them in a folder, which is made when there is something to keep. */
export function callBodies(options: CallBodiesOptions): CallBodies {
  const { clock, redact, log } = options;
  const bodies = bodyFolder({ ...options, rules: rulesOf(options), tell: (sentence) => log.error(sentence) });
  let heardOfAll = 0;
  return {
    ...bodies,
    begin(call, sink) {
      const at = clock.now();
      let heard = 0;
      let failure: string | null = null;
      const recorded = recordedSink(sink, mostSent, (bytes) => {
        if (heardOfAll + bytes > mostHeard) return false;
        heard += bytes;
        heardOfAll += bytes;
        return true;
      });
      return {
        sink: recorded.sink,
        failed: ({ message }) => (failure = message),
        done({ attempts }) {
          heardOfAll -= heard;
          if (attempts.length === 0) return;
          const name = { call: call.id, key: call.caller.id, at };
          const made = () =>
            keptOf(call, recorded.soFar(), { ...name, failure }, redact()).then(keptJson, notUnderstood);
          bodies.keep(name, call.raw.length + heard, made);
        },
      };
    },
  };
}

/** For how long a key's bodies are kept, and how much in all, as the keys and the configuration have it now. */
const rulesOf = ({ keys, config }: CallBodiesOptions): BodyRules => ({
  keptMs: (key) => Math.min(keys.get(key)?.keepBodies ?? 0, config().keepBodiesDays) * unitMs.d,
  mostBytes: () => config().keepBodiesBytes,
});

type Known = Pick<KeptBody, 'call' | 'key' | 'at' | 'failure'>;

/** What went wrong is not said: the words of a parser may quote the prompt, and they are logged. */
const notUnderstood = (): never => {
  throw new TypeError('a call could not be read');
};

async function keptOf(call: Call, sent: SoFar, known: Known, redact: Redact): Promise<KeptBody> {
  const { outline, attribution, forwarded = {} } = call;
  // The plain format: a call's own may remember what it writes.
  const client = clientNamed(call.client.name);
  const path = call.client.modelInPath ? { model: outline.model, stream: outline.stream } : {};
  const said = client === undefined ? null : await saidIn(client, sent, { ...call.body, ...path });
  const [request, answer, rest] = [
    await hidden(call.body, redact, limits),
    await hidden(said, redact, limits),
    await hidden({ forwarded, query: call.query ?? null, failure: known.failure }, redact, limits),
  ];
  return {
    ...known,
    dialect: call.client.name,
    model: outline.model,
    stream: outline.stream,
    form: call.form !== undefined,
    project: attribution.project,
    evidence: attribution.evidence,
    ...(objectIn(rest.json) as Pick<KeptBody, 'forwarded' | 'query' | 'failure'>),
    request: objectIn(request.json),
    answer: answer.json,
    requestCut: request.isCut,
    answerCut: answer.isCut || sent.isCut,
  };
}
