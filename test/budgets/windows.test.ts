import assert from 'node:assert/strict';
import fc from 'fast-check';
import { windowAt } from '../../src/budgets/windows.ts';

const utc = { timeZone: 'UTC', resetTime: '00:00' };
const at = (text: string): number => new Date(text).getTime();
const hours = (ms: number): number => ms / 3_600_000;
const shown = (duration: string, now: string, calendar = utc) => {
  const { start, end } = windowAt(duration, at(now), calendar);
  return [new Date(start).toISOString(), new Date(end).toISOString()].map((text) => text.replace(':00.000Z', 'Z'));
};

describe('windows', () => {
  // From a Sunday afternoon, as measured at LiteLLM 1.106.
  const table: [duration: string, start: string, end: string][] = [
    ['30s', '2026-11-22T13:37:30.000Z', '2026-11-22T13:38Z'],
    ['30m', '2026-11-22T13:30Z', '2026-11-22T14:00Z'],
    ['90m', '2026-11-22T13:30Z', '2026-11-22T15:00Z'],
    ['1h', '2026-11-22T13:00Z', '2026-11-22T14:00Z'],
    ['5h', '2026-11-22T10:00Z', '2026-11-22T15:00Z'],
    ['1d', '2026-11-22T00:00Z', '2026-11-23T00:00Z'],
    ['24h', '2026-11-22T00:00Z', '2026-11-23T00:00Z'],
    ['7d', '2026-11-16T00:00Z', '2026-11-23T00:00Z'],
    ['1w', '2026-11-16T00:00Z', '2026-11-23T00:00Z'],
    ['weekly', '2026-11-16T00:00Z', '2026-11-23T00:00Z'],
    ['30d', '2026-11-01T00:00Z', '2026-12-01T00:00Z'],
    ['1mo', '2026-11-01T00:00Z', '2026-12-01T00:00Z'],
    ['monthly', '2026-11-01T00:00Z', '2026-12-01T00:00Z'],
    ['daily', '2026-11-22T00:00Z', '2026-11-23T00:00Z'],
    ['hourly', '2026-11-22T13:00Z', '2026-11-22T14:00Z'],
    ['2w', '2026-11-16T00:00Z', '2026-11-30T00:00Z'],
  ];
  for (const [duration, start, end] of table) {
    it(`${duration} goes from ${start} to ${end}`, () => {
      assert.deepEqual(shown(duration, '2026-11-22T13:37:42Z'), [start, end]);
    });
  }

  it('has no end without a duration', () => {
    assert.deepEqual(windowAt(null, 0, utc), { start: -Infinity, end: Infinity });
  });

  it('ends the last window of a day with the day', () => {
    assert.deepEqual(shown('5h', '2026-11-22T21:00:00Z'), ['2026-11-22T20:00Z', '2026-11-23T00:00Z']);
    assert.deepEqual(shown('7m', '2026-11-22T23:57:00Z'), ['2026-11-22T23:55Z', '2026-11-23T00:00Z']);
  });

  it('begins days, weeks and months at the reset time, and the day before it belongs to the one before', () => {
    const nine = { timeZone: 'UTC', resetTime: '09:30' };
    assert.deepEqual(shown('1d', '2026-11-22T09:29:59Z', nine), ['2026-11-21T09:30Z', '2026-11-22T09:30Z']);
    assert.deepEqual(shown('1d', '2026-11-22T09:30:00Z', nine), ['2026-11-22T09:30Z', '2026-11-23T09:30Z']);
    assert.deepEqual(shown('7d', '2026-11-23T09:00:00Z', nine), ['2026-11-16T09:30Z', '2026-11-23T09:30Z']);
    assert.deepEqual(shown('30d', '2026-12-01T09:00:00Z', nine), ['2026-11-01T09:30Z', '2026-12-01T09:30Z']);
    assert.deepEqual(shown('1h', '2026-11-22T13:37:42Z', nine), ['2026-11-22T13:00Z', '2026-11-22T14:00Z']);
  });

  it('refuses what is no duration and what is no time of day', () => {
    assert.throws(() => windowAt('1y', 0, utc), RangeError);
    assert.throws(() => windowAt('1d', 0, { timeZone: 'UTC', resetTime: '24:00' }), RangeError);
  });

  const nights: [zone: string, noon: string, start: string, length: number][] = [
    ['Europe/Berlin', '2026-03-29T10:00:00Z', '2026-03-28T23:00Z', 23],
    ['Europe/Berlin', '2026-10-25T11:00:00Z', '2026-10-24T22:00Z', 25],
    ['America/New_York', '2026-03-08T16:00:00Z', '2026-03-08T05:00Z', 23],
    ['America/New_York', '2026-11-01T17:00:00Z', '2026-11-01T04:00Z', 25],
    ['Australia/Lord_Howe', '2026-10-04T01:00:00Z', '2026-10-03T13:30Z', 23.5],
    ['Australia/Lord_Howe', '2026-04-05T01:30:00Z', '2026-04-04T13:00Z', 24.5],
    ['Africa/Cairo', '2026-04-24T09:00:00Z', '2026-04-23T22:00Z', 23], // its clocks skip midnight itself
    ['America/Havana', '2026-11-01T17:00:00Z', '2026-11-01T04:00Z', 25], // its midnight comes twice
  ];
  for (const [timeZone, noon, start, length] of nights) {
    it(`gives the day of ${noon} in ${timeZone} ${length} hours`, () => {
      const calendar = { timeZone, resetTime: '00:00' };
      const day = windowAt('1d', at(noon), calendar);
      assert.equal(new Date(day.start).toISOString(), start.replace('Z', ':00.000Z'));
      assert.equal(hours(day.end - day.start), length);
    });
  }

  it('keeps half a day on the face of the clock on a night of 25 hours', () => {
    const berlin = { timeZone: 'Europe/Berlin', resetTime: '00:00' };
    assert.deepEqual(shown('12h', '2026-10-25T02:00:00Z', berlin), ['2026-10-24T22:00Z', '2026-10-25T11:00Z']);
    assert.deepEqual(shown('12h', '2026-10-25T11:00:00Z', berlin), ['2026-10-25T11:00Z', '2026-10-25T23:00Z']);
  });

  it('gives the hour that comes twice a window each time', () => {
    const berlin = { timeZone: 'Europe/Berlin', resetTime: '00:00' };
    assert.deepEqual(shown('1h', '2026-10-25T00:30:00Z', berlin), ['2026-10-25T00:00Z', '2026-10-25T01:00Z']);
    assert.deepEqual(shown('1h', '2026-10-25T01:30:00Z', berlin), ['2026-10-25T01:00Z', '2026-10-25T02:00Z']);
  });

  it('ends months at their last midnight, summer or winter', () => {
    const berlin = { timeZone: 'Europe/Berlin', resetTime: '00:00' };
    assert.deepEqual(shown('30d', '2026-10-31T22:59:59Z', berlin), ['2026-09-30T22:00Z', '2026-10-31T23:00Z']);
    assert.deepEqual(shown('1mo', '2028-02-29T12:00:00Z', berlin), ['2028-01-31T23:00Z', '2028-02-29T23:00Z']);
    const lordHowe = { timeZone: 'Australia/Lord_Howe', resetTime: '00:00' };
    assert.deepEqual(shown('1mo', '2026-10-15T00:00:00Z', lordHowe), ['2026-09-30T13:30Z', '2026-10-31T13:00Z']);
    const newYork = { timeZone: 'America/New_York', resetTime: '00:00' };
    assert.deepEqual(shown('monthly', '2026-12-31T23:59:00Z', newYork), ['2026-12-01T05:00Z', '2027-01-01T05:00Z']);
  });

  // By the clocks on the wall of each place, reckoned by hand: the instant before a window ends, and the one in which the next begins.
  const changes: readonly (readonly [zone: string, duration: string, now: string, start: string, end: string])[] = [
    ['Europe/Berlin', '1h', '2026-03-29T00:59:59Z', '2026-03-29T00:00Z', '2026-03-29T01:00Z'],
    ['Europe/Berlin', '1h', '2026-03-29T01:00:00Z', '2026-03-29T01:00Z', '2026-03-29T02:00Z'],
    ['Europe/Berlin', '1d', '2026-03-28T22:59:59Z', '2026-03-27T23:00Z', '2026-03-28T23:00Z'],
    ['Europe/Berlin', '1d', '2026-03-29T21:59:59Z', '2026-03-28T23:00Z', '2026-03-29T22:00Z'],
    ['Europe/Berlin', '7d', '2026-03-29T21:59:59Z', '2026-03-22T23:00Z', '2026-03-29T22:00Z'],
    ['Europe/Berlin', '7d', '2026-03-29T22:00:00Z', '2026-03-29T22:00Z', '2026-04-05T22:00Z'],
    ['Europe/Berlin', '1mo', '2026-03-31T21:59:59Z', '2026-02-28T23:00Z', '2026-03-31T22:00Z'],
    ['Europe/Berlin', '1mo', '2026-03-31T22:00:00Z', '2026-03-31T22:00Z', '2026-04-30T22:00Z'],
    ['Europe/Berlin', '7d', '2026-10-25T22:59:59Z', '2026-10-18T22:00Z', '2026-10-25T23:00Z'],
    ['Europe/Berlin', '7d', '2026-10-25T23:00:00Z', '2026-10-25T23:00Z', '2026-11-01T23:00Z'],
    ['America/New_York', '1h', '2026-03-08T06:59:59Z', '2026-03-08T06:00Z', '2026-03-08T07:00Z'],
    ['America/New_York', '1h', '2026-03-08T07:00:00Z', '2026-03-08T07:00Z', '2026-03-08T08:00Z'],
    ['America/New_York', '1d', '2026-03-09T03:59:59Z', '2026-03-08T05:00Z', '2026-03-09T04:00Z'],
    ['America/New_York', '7d', '2026-03-09T03:59:59Z', '2026-03-02T05:00Z', '2026-03-09T04:00Z'],
    ['America/New_York', '1mo', '2026-03-15T12:00:00Z', '2026-03-01T05:00Z', '2026-04-01T04:00Z'],
    ['America/New_York', '1h', '2026-11-01T05:30:00Z', '2026-11-01T05:00Z', '2026-11-01T06:00Z'],
    ['America/New_York', '1h', '2026-11-01T06:30:00Z', '2026-11-01T06:00Z', '2026-11-01T07:00Z'],
    ['America/New_York', '7d', '2026-11-02T04:59:59Z', '2026-10-26T04:00Z', '2026-11-02T05:00Z'],
    ['America/New_York', '1mo', '2026-11-01T03:59:59Z', '2026-10-01T04:00Z', '2026-11-01T04:00Z'],
    ['America/New_York', '1mo', '2026-11-01T04:00:00Z', '2026-11-01T04:00Z', '2026-12-01T05:00Z'],
    // Half an hour is skipped there in October, and comes twice in April.
    ['Australia/Lord_Howe', '1h', '2026-10-03T15:29:59Z', '2026-10-03T14:30Z', '2026-10-03T15:30Z'],
    ['Australia/Lord_Howe', '1h', '2026-10-04T12:45:00Z', '2026-10-04T12:30Z', '2026-10-04T13:00Z'],
    ['Australia/Lord_Howe', '1h', '2026-10-04T13:00:00Z', '2026-10-04T13:00Z', '2026-10-04T14:00Z'],
    ['Australia/Lord_Howe', '7d', '2026-10-04T12:59:59Z', '2026-09-27T13:30Z', '2026-10-04T13:00Z'],
    ['Australia/Lord_Howe', '1h', '2026-04-04T15:15:00Z', '2026-04-04T15:00Z', '2026-04-04T16:00Z'],
    ['Australia/Lord_Howe', '1h', '2026-04-05T13:15:00Z', '2026-04-05T13:00Z', '2026-04-05T13:30Z'],
    ['Australia/Lord_Howe', '1d', '2026-04-05T13:29:59Z', '2026-04-04T13:00Z', '2026-04-05T13:30Z'],
    ['Australia/Lord_Howe', '7d', '2026-04-05T13:29:59Z', '2026-03-29T13:00Z', '2026-04-05T13:30Z'],
    ['Australia/Lord_Howe', '1mo', '2026-04-30T13:29:59Z', '2026-03-31T13:00Z', '2026-04-30T13:30Z'],
    ['Asia/Kathmandu', '1h', '2026-11-30T18:14:59Z', '2026-11-30T17:15Z', '2026-11-30T18:15Z'],
    ['Asia/Kathmandu', '1d', '2026-11-30T18:14:59Z', '2026-11-29T18:15Z', '2026-11-30T18:15Z'],
    ['Asia/Kathmandu', '7d', '2026-11-30T18:15:00Z', '2026-11-29T18:15Z', '2026-12-06T18:15Z'],
    ['Asia/Kathmandu', '1mo', '2026-11-30T18:14:59Z', '2026-10-31T18:15Z', '2026-11-30T18:15Z'],
  ];
  for (const [timeZone, duration, now, start, end] of changes) {
    it(`of ${duration} in ${timeZone} go from ${start} to ${end} at ${now}`, () => {
      assert.deepEqual(shown(duration, now, { timeZone, resetTime: '00:00' }), [start, end]);
    });
  }

  it('follow one another without gap or overlap, in any zone, on any night', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Cairo',
      'America/Havana',
      'Asia/Kolkata',
    ];
    const durations = [
      '30s',
      '7m',
      '30m',
      '90m',
      '1h',
      '5h',
      '12h',
      '30h',
      '48h',
      '1d',
      '3d',
      '7d',
      '2w',
      '30d',
      '1mo',
      '60d',
    ];
    const instants = fc.oneof(
      fc.integer({ min: at('2020-01-01T00:00Z'), max: at('2035-01-01T00:00Z') }),
      // Close to changes of the clocks, where the traps are.
      fc.integer({ min: -4 * 3_600_000, max: 4 * 3_600_000 }).map((near) => at('2026-10-25T01:00Z') + near),
      fc.integer({ min: -4 * 3_600_000, max: 4 * 3_600_000 }).map((near) => at('2026-03-29T01:00Z') + near),
      fc.integer({ min: -4 * 3_600_000, max: 4 * 3_600_000 }).map((near) => at('2026-04-04T15:00Z') + near),
      fc.integer({ min: -4 * 3_600_000, max: 4 * 3_600_000 }).map((near) => at('2026-11-01T05:00Z') + near),
    );
    const resetTimes = fc.constantFrom('00:00', '00:30', '01:45', '02:30', '03:00', '23:30');
    const scene = fc.tuple(fc.constantFrom(...durations), instants, fc.constantFrom(...zones), resetTimes);
    fc.assert(
      fc.property(scene, ([duration, now, timeZone, resetTime]) => {
        const calendar = { timeZone, resetTime };
        const window = windowAt(duration, now, calendar);
        assert.ok(window.start <= now && now < window.end, 'holds its instant');
        assert.deepEqual(windowAt(duration, window.start, calendar), window);
        assert.deepEqual(windowAt(duration, window.end - 1, calendar), window);
        assert.equal(windowAt(duration, window.end, calendar).start, window.end);
        assert.equal(windowAt(duration, window.start - 1, calendar).end, window.start);
      }),
      { numRuns: 500 },
    );
  });
});
