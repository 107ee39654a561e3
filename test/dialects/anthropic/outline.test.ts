import assert from 'node:assert/strict';
import { Failure } from '../../../src/chat/failure.ts';
import { anthropic } from '../../../src/dialects/anthropic/anthropic.ts';
import type { Outline } from '../../../src/dialects/dialect.ts';
import type { Json, JsonObject } from '../../../src/lib/json.ts';

const outline = (body: JsonObject = {}): Outline => anthropic.outline({ model: 'm', messages: [], ...body });
const asking = (...content: readonly Json[]): JsonObject => ({ messages: [{ role: 'user', content }] });
const mark = { cache_control: { type: 'ephemeral' } };

describe('anthropic outline', () => {
  it('reads what routing and holds need', () => {
    const body = { stream: true, max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 2000 }, system: 'Hi' };
    assert.deepEqual(outline(body), {
      model: 'm',
      stream: true,
      wantsUsage: true,
      maxOutput: 4000,
      thinkingBudget: 2000,
      choices: 1,
      caches: false,
    });
    assert.deepEqual(outline({ thinking: { type: 'adaptive' } }), {
      model: 'm',
      stream: false,
      wantsUsage: true,
      choices: 1,
      caches: false,
    });
  });

  it('refuses only a missing model', () => {
    assert.throws(
      () => anthropic.outline({ messages: [] }),
      (thrown) => thrown instanceof Failure && thrown.details.param === 'model',
    );
    assert.equal(outline({ messages: 'broken', tools: 7, system: [null, 'x'] }).caches, false);
  });

  it('sees a cache mark wherever it stands', () => {
    const marked: readonly JsonObject[] = [
      mark,
      { system: [{ type: 'text', text: 'S', ...mark }] },
      { tools: [{ name: 'f', ...mark }] },
      asking({ type: 'text', text: 'A', ...mark }),
      asking({ type: 'tool_result', content: [{ type: 'text', text: 'A', ...mark }] }),
    ];
    for (const body of marked) assert.ok(outline(body).caches, JSON.stringify(body));
    assert.ok(!outline(asking({ type: 'text', text: 'A', cache_control: null })).caches);
  });

  it('says why no limit can bound the cost', () => {
    const whyOf = (body: JsonObject): unknown => outline(body).unbounded;
    assert.match(
      String(whyOf({ tools: [{ type: 'web_search_20250305', name: 'web_search' }] })),
      /web_search_20250305/,
    );
    assert.match(String(whyOf({ mcp_servers: [{ type: 'url' }] })), /MCP/);
    assert.match(String(whyOf({ container: 'c1' })), /container/);
    assert.match(String(whyOf({ thread: { type: 'continue' } })), /thread/);
    assert.match(
      String(whyOf(asking({ type: 'document', source: { type: 'url', url: 'https://a.example' } }))),
      /file/,
    );
    assert.match(
      String(whyOf(asking({ type: 'tool_result', content: [{ type: 'image', source: { type: 'file' } }] }))),
      /file/,
    );
  });

  it('finds a limit enough for tools that the client runs, and for files in the request', () => {
    const tools = [
      { name: 'f' },
      { type: 'custom', name: 'g' },
      { type: 'bash_20250124' },
      { type: 'text_editor_20250728' },
      { type: 'tool_search_tool_regex_20251119' },
    ];
    const image = { type: 'image', source: { type: 'base64', data: 'AA==' } };
    assert.equal(
      outline({ tools, mcp_servers: [], thread: { type: 'create' }, ...asking(image) }).unbounded,
      undefined,
    );
  });
});
