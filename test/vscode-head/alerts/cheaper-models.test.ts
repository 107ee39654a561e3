import assert from 'node:assert/strict';
import { cheaperModels, perMillion, pricedModels } from '../../../src/vscode/alerts/cheaper-models.ts';

const models = pricedModels([
  { model_group: 'big', input_cost_per_token: 5e-6, output_cost_per_token: 25e-6, mode: 'chat' },
  { model_group: 'small', input_cost_per_token: 1e-6, output_cost_per_token: 5e-6, mode: 'chat' },
  { model_group: 'local', input_cost_per_token: 0, output_cost_per_token: 0, mode: null },
  { model_group: 'mystery', input_cost_per_token: null, output_cost_per_token: null },
  { model_group: 'embed', input_cost_per_token: 1e-8, output_cost_per_token: 0, mode: 'embedding' },
]);
const names = (used: string | undefined, hasMoney: boolean) =>
  cheaperModels(models, used, hasMoney).map(({ name }) => name);

describe('cheaper models', () => {
  it('are those that cost less than the one in use, the free ones first', () => {
    assert.deepEqual(names('big', true), ['local', 'small']);
    assert.deepEqual(names('small', true), ['local']);
  });

  it('are all with a price where nobody knows which is in use', () => {
    assert.deepEqual(names(undefined, true), ['local', 'small', 'big']);
  });

  it('are the free ones alone when nothing is left', () => {
    assert.deepEqual(names('big', false), ['local']);
  });

  it('have their prices by the million', () => {
    assert.equal(perMillion(0.15e-6), '$0.15');
    assert.equal(perMillion(25e-6), '$25.00');
    assert.equal(perMillion(0), '$0.00');
  });
});
