import assert from 'node:assert/strict';
import { describedAt, keysAt, takesMapping, valuesAt } from '../../src/config/schema-at.ts';
import type { Path } from '../../src/config/source.ts';

const sections: readonly Path[] = [
  [],
  ['model_list', 0],
  ['model_list', 0, 'litellm_params'],
  ['model_list', 0, 'model_info'],
  ['litellm_settings'],
  ['litellm_settings', 'cache_params'],
  ['router_settings'],
  ['general_settings'],
];

describe('the schema at a place', () => {
  it('says of every key what it does', () => {
    for (const section of sections) {
      const mute = keysAt(section).filter(({ description }) => description === undefined);
      assert.deepEqual(
        mute.map(({ name }) => name),
        [],
        section.join('.'),
      );
      assert.ok(keysAt(section).length > 0, section.join('.'));
    }
  });

  it('knows what a key holds, and which are needed', () => {
    const at = (path: Path, name: string) => keysAt(path).find((key) => key.name === name);
    assert.equal(at([], 'model_list')?.holds, 'list');
    assert.equal(at([], 'router_settings')?.holds, 'mapping');
    assert.equal(at(['router_settings'], 'timeout')?.holds, 'value');
    assert.equal(at(['model_list', 3], 'litellm_params')?.isRequired, true);
    assert.equal(at(['model_list', 3], 'model_info')?.isRequired, false);
  });

  it('finds values below lists and names', () => {
    assert.deepEqual(valuesAt(['general_settings', 'unknown_price']), ['assume', 'refuse', 'allow']);
    assert.ok(
      keysAt(['router_settings', 'provider_budget_config', 'openai']).some(({ name }) => name === 'max_budget'),
    );
    assert.equal(takesMapping(['model_list', 0]), true);
    assert.equal(takesMapping(['litellm_settings', 'default_fallbacks', 0]), false);
    assert.equal(describedAt(['router_settings', 'nothing']), undefined);
    assert.deepEqual(keysAt(['nothing', 0]), []);
  });
});
