import fc from 'fast-check';
import { clientNames, modelNames, variants, type Question } from './scene.ts';

/** One thing that happens: to a client, to a provider, to the clock, to the terms, or to the gateway itself. */
export type Step =
  | {
      readonly type: 'call';
      readonly who: number;
      readonly question: Question;
      /** What of the prompt, of its cache and of the limit the provider will count, from 0 to 1. */
      readonly shares: { readonly input: number; readonly cached: number; readonly output: number };
    }
  | {
      readonly type: 'provider';
      readonly which: number;
      readonly does: 'more' | 'finish' | 'cut' | 'refuse-400' | 'refuse-429' | 'refuse-500';
    }
  | { readonly type: 'unreachable' }
  | { readonly type: 'cancel'; readonly which: number }
  | { readonly type: 'pass'; readonly ms: number }
  /** On to so many milliseconds before the next edge of a window. */
  | { readonly type: 'edge'; readonly before: number }
  | {
      readonly type: 'terms';
      readonly owner: number;
      readonly set:
        | { readonly max: number | null }
        | { readonly raise: number; readonly ms: number }
        | { readonly blocked: boolean };
    }
  | { readonly type: 'reload'; readonly variant: number }
  | { readonly type: 'correct'; readonly which: number; readonly cost: number }
  | { readonly type: 'crash' }
  | { readonly type: 'restart' };

const share = fc.constantFrom(0, 0.3, 0.9, 1);

const question: fc.Arbitrary<Question> = fc
  .record({
    client: fc.constantFrom(...clientNames),
    model: fc.constantFrom('gpt', 'gpt', 'claude', 'claude', ...modelNames),
    stream: fc.boolean(),
    prompt: fc.constantFrom('Hello', 'All hands on deck. '.repeat(60), 'The log of the ship. '.repeat(250)),
    limit: fc.option(fc.constantFrom(200, 1_000, 3_000, 12_000), { nil: undefined }),
    choices: fc.constantFrom(1, 1, 1, 2, 3),
    caches: fc.boolean(),
    leaves: fc.constantFrom(false, false, false, true),
  })
  // Only these can ask for several answers, and have them from whoever serves.
  .map((one) => ({ ...one, choices: one.client === 'openai-chat' && one.model === 'gpt' ? one.choices : 1 }));

const terms = fc.oneof(
  fc.record({ max: fc.constantFrom(null, 0, 2_000_000, 9_000_000, 50_000_000) }),
  fc.record({ raise: fc.constantFrom(1_000_000, 20_000_000), ms: fc.constantFrom(1_000, 3_600_000) }),
  fc.record({ blocked: fc.boolean() }),
);

const of = <T extends Step['type']>(type: T) => fc.constant(type);
const nat = fc.nat({ max: 20 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      type: of('call'),
      who: fc.integer({ min: 0, max: 2 }),
      question,
      shares: fc.record({ input: fc.constantFrom(0.3, 1), cached: share, output: share }),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      type: of('provider'),
      which: nat,
      does: fc.constantFrom(
        'finish',
        'finish',
        'finish',
        'more',
        'more',
        'cut',
        'refuse-400',
        'refuse-429',
        'refuse-500',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: of('unreachable') }) },
  { weight: 3, arbitrary: fc.record({ type: of('cancel'), which: nat }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: of('pass'), ms: fc.constantFrom(1, 900, 5_000, 31_000, 121_000, 3_600_000) }),
  },
  { weight: 1, arbitrary: fc.record({ type: of('edge'), before: fc.constantFrom(0, 1, 500) }) },
  { weight: 2, arbitrary: fc.record({ type: of('terms'), owner: fc.integer({ min: 0, max: 3 }), set: terms }) },
  { weight: 1, arbitrary: fc.record({ type: of('reload'), variant: fc.nat({ max: variants.length - 1 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: of('correct'), which: nat, cost: fc.constantFrom(0, 1, 700_001, 4_000_000) }),
  },
  { weight: 1, arbitrary: fc.record({ type: of('crash') }) },
  { weight: 1, arbitrary: fc.record({ type: of('restart') }) },
);

const ask = (who: number, limit: number): Step => ({
  type: 'call',
  who,
  question: { client: 'openai-chat', model: 'gpt', stream: false, prompt: 'Hello', limit },
  shares: { input: 1, cached: 0, output: 1 },
});
const finish: Step = { type: 'provider', which: 0, does: 'finish' };
const askAndFinish = (who: number, limit: number): readonly Step[] => [ask(who, limit), finish, finish];

/** What chance seldom brings about: steps that mean something in this order alone. */
const scenes: fc.Arbitrary<readonly Step[]> = fc.integer({ min: 0, max: 2 }).chain((who) =>
  fc.constantFrom<readonly Step[]>(
    // A raise has ended, and the budget is spent without it.
    [
      { type: 'terms', owner: who, set: { max: 2_000_000 } },
      { type: 'terms', owner: who, set: { raise: 20_000_000, ms: 1_000 } },
      { type: 'pass', ms: 5_000 },
      ...[1, 2, 3].flatMap(() => askAndFinish(who, 1_000)),
    ],
    // What was spent yesterday here was spent today there.
    [
      { type: 'reload', variant: 0 },
      ...askAndFinish(who, 200),
      { type: 'edge', before: 0 },
      ...askAndFinish(who, 200),
      { type: 'reload', variant: 2 },
      { type: 'reload', variant: 0 },
    ],
    // An attempt is refused, and another one waits for its provider.
    [ask(who, 1_000), { type: 'provider', which: 20, does: 'refuse-500' }, ask(who, 1_000), finish, finish],
  ),
);

const part = fc.oneof(
  { weight: 20, arbitrary: step.map((one): readonly Step[] => [one]) },
  { weight: 1, arbitrary: scenes },
);

/** Scripts of so many steps, a scene counting as one. */
export const scripts = (least: number, most: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(part, { minLength: least, maxLength: most, size: 'max' }).map((parts) => parts.flat());
