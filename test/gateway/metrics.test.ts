import assert from 'node:assert/strict';
import type { NanoUsd } from '../../src/chat/money.ts';
import { metrics } from '../../src/gateway/metrics.ts';
import type { CloseRecord } from '../../src/ledger/records.ts';

const row: CloseRecord = {
  ...{ type: 'close', call: 'c', at: 0, key: 'admin', project: null, evidence: null, scopes: ['gateway'] },
  ...{ group: 'gpt', model: 'gpt-4o', provider: 'openai', account: 'openai', deployment: 'd', dialect: 'openai-chat' },
  ...{ stream: false, assistant: null, session: null, status: 'done', failure: null, source: 'computed' },
  ...{
    upperBound: false,
    price: null,
    firstTokenMs: 200,
    totalMs: 1_500,
    outputLimit: null,
    attempts: [],
    warnings: [],
  },
  usage: { input: 10, cacheRead: 20, cacheWrite: 0, cacheWrite1h: 0, output: 4, reasoning: 0 },
  cost: 1_500_000 as NanoUsd,
};

const gauges = { running: 2, held: 0.25, waiting: 0, paused: false };

describe('metrics', () => {
  it('count calls, tokens and cost by model and provider', () => {
    const counted = metrics();
    counted.see(row);
    counted.see(row);
    counted.see({ ...row, status: 'failed', usage: null, cost: null, firstTokenMs: null });
    const lines = counted.text(gauges).split('\n');
    for (const line of [
      'purser_calls_total{model="gpt",provider="openai",status="done"} 2',
      'purser_calls_total{model="gpt",provider="openai",status="failed"} 1',
      'purser_tokens_total{model="gpt",provider="openai",kind="cacheRead"} 40',
      'purser_cost_dollars_total{model="gpt",provider="openai"} 0.003',
      'purser_call_seconds_bucket{le="1"} 0',
      'purser_call_seconds_bucket{le="2.5"} 3',
      'purser_call_seconds_bucket{le="+Inf"} 3',
      'purser_call_seconds_sum 4.5',
      'purser_first_token_seconds_count 2',
      'purser_calls_running 2',
      'purser_held_dollars 0.25',
      'purser_journal_waiting_rows 0',
      'purser_spending_paused 0',
    ])
      assert.ok(lines.includes(line), `${line}\nis not in\n${lines.join('\n')}`);
  });

  it('are in the form that Prometheus reads: a head for each, a number on every line, the last one ended', () => {
    const counted = metrics();
    counted.see({ ...row, group: 'odd"name\\\n' });
    const text = counted.text(gauges);
    assert.ok(text.endsWith('\n'));
    assert.ok(text.includes('model="odd\\"name\\\\\\n"'));
    for (const line of text.trimEnd().split('\n')) {
      assert.match(line, /^(# HELP \w+ .+|# TYPE \w+ (counter|gauge|histogram)|\w+(\{.*\})? [\d.e+-]+)$/);
    }
  });

  it('tell while all spending is paused', () => {
    assert.match(metrics().text({ ...gauges, paused: true }), /^purser_spending_paused 1$/m);
  });

  it('stay few, whatever names clients make up', () => {
    const counted = metrics();
    for (let name = 0; name < 2_000; name += 1) counted.see({ ...row, group: `made-up-${name}` });
    const calls = counted
      .text(gauges)
      .split('\n')
      .filter((line) => line.startsWith('purser_calls_total'));
    assert.equal(calls.length, 501);
    assert.ok(calls.includes('purser_calls_total{model="other"} 1500'));
  });
});
