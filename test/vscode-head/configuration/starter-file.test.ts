import assert from 'node:assert/strict';
import { environmentOf } from '../../../src/config/environment.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { starterModels } from '../../../src/config/starter.ts';
import { starterFile } from '../../../src/vscode/configuration/starter-file.ts';
import { providers } from '../../support/config.ts';

const load = (text: string) => {
  const environment = environmentOf({ processEnv: { OPENAI_API_KEY: 'a', ANTHROPIC_API_KEY: 'b' } });
  const otherwise = starterModels({ environment, providers, ollamaAnswers: false });
  return loadConfig({ text, file: 'config.yaml', environment, providers, otherwise });
};

describe('the configuration that the extension makes', () => {
  it('changes nothing as it stands', () => {
    const { config, errors } = load(starterFile);
    assert.deepEqual([errors, config?.warnings], [[], []]);
    assert.deepEqual(config?.deployments, load('').config?.deployments);
  });

  it('holds examples that work when their # is taken away', () => {
    const from = starterFile.indexOf('# litellm_settings:');
    const examples = starterFile.slice(from).replaceAll(/^# /gm, '');
    const { config, errors } = load(examples);
    assert.deepEqual([errors, config?.warnings], [[], []]);
    assert.deepEqual(
      config?.deployments.map(({ name }) => name),
      ['fast', 'claude-*', 'local'],
    );
    assert.equal(config.maxBudget, 20e9);
  });

  it('lets a budget be set without listing models', () => {
    const { config } = load(
      starterFile.replace('# litellm_settings:', 'litellm_settings:').replace('#   max_budget:', '  max_budget:'),
    );
    assert.equal(config?.maxBudget, 20e9);
    assert.ok(config.deployments.some(({ name }) => name === 'demo'));
  });
});
