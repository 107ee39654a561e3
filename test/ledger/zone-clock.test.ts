import assert from 'node:assert/strict';
import { quarterMs } from '../../src/ledger/amounts.ts';
import { timeName, zoneClock } from '../../src/ledger/zone-clock.ts';

const zones = [
  ...['UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Kiritimati'],
  ...['Pacific/Chatham', 'America/Los_Angeles'],
];

describe('the clock of a zone', () => {
  for (const timeZone of zones)
    it(`in ${timeZone} shows what the calendar does, in every quarter of an hour of a year`, () => {
      const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
      const clock = zoneClock(timeZone);
      const first = Date.UTC(2026, 0, 1) / quarterMs;
      for (let quarter = first; quarter < first + 365 * 96; quarter += 1) {
        const local = quarter * quarterMs + clock(quarter);
        const [day, time] = format.format(quarter * quarterMs).split(' ');
        assert.equal(timeName.day(Math.floor(local / 86_400_000)), day);
        assert.equal(timeName.hour(Math.floor(local / 3_600_000)), `${day}T${time?.slice(0, 2)}:00`);
      }
    });

  it('refuses a zone that there is not', () => {
    assert.throws(() => zoneClock('Nowhere'), { kind: 'invalid-request' });
  });
});
