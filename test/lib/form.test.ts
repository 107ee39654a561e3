import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fieldsOf, readForm, spliceForm, type Form } from '../../src/lib/form.ts';
import type { JsonObject } from '../../src/lib/json.ts';

/** A form's bytes and type, as `fetch` sends them. */
async function sent(form: FormData): Promise<{ readonly raw: Buffer; readonly type: string }> {
  const response = new Response(form);
  return { raw: Buffer.from(await response.arrayBuffer()), type: response.headers.get('content-type') ?? '' };
}

function read(raw: Buffer, type: string): Form {
  const form = readForm(raw, type);
  assert.ok(form);
  return form;
}

/** What the platform's own reader makes of it. */
async function understood(raw: Buffer, type: string): Promise<readonly (readonly [string, string])[]> {
  const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData();
  const entries: (readonly [string, string])[] = [];
  for (const [name, value] of form.entries())
    entries.push([
      name,
      typeof value === 'string' ? value : `${value.name}:${Buffer.from(await value.arrayBuffer()).toString('hex')}`,
    ]);
  return entries;
}

const withFile = (...bytes: number[]): FormData => {
  const form = new FormData();
  form.append('file', new Blob([Uint8Array.from(bytes)], { type: 'audio/wav' }), 'ship.wav');
  form.append('model', 'whisper');
  form.append('timestamp_granularities[]', 'word');
  form.append('timestamp_granularities[]', 'segment');
  return form;
};

describe('a form with files', () => {
  it('reads as its fields, of a file all but its bytes', async () => {
    const { raw, type } = await sent(withFile(1, 2, 3));
    assert.deepEqual(fieldsOf(read(raw, type)), {
      file: { filename: 'ship.wav', type: 'audio/wav', bytes: 3 },
      model: 'whisper',
      'timestamp_granularities[]': ['word', 'segment'],
    });
  });

  it('is the same bytes where nothing changes', async () => {
    const { raw, type } = await sent(withFile(1));
    const form = read(raw, type);
    const before = fieldsOf(form);
    assert.equal(spliceForm(raw, form, before, { ...before }), raw);
  });

  it('has fields replaced, added and left out, and its file untouched', async () => {
    const { raw, type } = await sent(withFile(0x0d, 0x0a, 0x2d, 0x2d, 0xff));
    const form = read(raw, type);
    const before = fieldsOf(form);
    const { ['timestamp_granularities[]']: _left, ...rest } = before;
    const after: JsonObject = { ...rest, model: 'whisper-1', temperature: 0 };
    assert.deepEqual((await understood(spliceForm(raw, form, before, after), type)).toSorted(), [
      ['file', 'ship.wav:0d0a2d2dff'],
      ['model', 'whisper-1'],
      ['temperature', '0'],
    ]);
  });

  it('keeps any bytes whatever is said around them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.string(), async (bytes, prompt) => {
        const made = withFile(...bytes);
        made.append('prompt', prompt);
        const { raw, type } = await sent(made);
        const form = read(raw, type);
        const before = fieldsOf(form);
        const changed = spliceForm(raw, form, before, { ...before, model: 'm' });
        const again = fieldsOf(read(changed, type));
        assert.equal(again['prompt'], before['prompt']);
        const file = (await understood(changed, type)).find(([name]) => name === 'file')?.[1];
        assert.equal(file, `ship.wav:${Buffer.from(bytes).toString('hex')}`);
      }),
      { numRuns: 50 },
    );
  });

  it('is none without its boundary, its end or its names', async () => {
    const { raw, type } = await sent(withFile(1));
    assert.equal(readForm(raw, 'multipart/form-data'), undefined);
    assert.equal(readForm(raw, 'multipart/form-data; boundary=other'), undefined);
    assert.equal(readForm(raw.subarray(0, -10), type), undefined);
    assert.equal(readForm(Buffer.from('--x\r\nno headers\r\n--x--'), 'multipart/form-data; boundary=x'), undefined);
    assert.equal(readForm(Buffer.alloc(0), type), undefined);
  });
});
