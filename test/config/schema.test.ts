import assert from 'node:assert/strict';
import { configJsonSchema } from '../../src/config/schema.ts';
import { isObject, objectIn } from '../../src/lib/json.ts';
import { errorsOf, oneModel } from '../support/config.ts';

const one = oneModel('{ model: openai/x }');

describe('the schema', () => {
  const duration = 'a duration such as 30s, 5m, 1h, 1d, 7d, 1w, 30d or 1mo, or hourly, daily, weekly or monthly';

  for (const [settings, place, mistake] of [
    [
      'litellm_settings: { request_timeout: soon }',
      '4:38',
      'litellm_settings.request_timeout is "soon"; expected a number of seconds above 0',
    ],
    [
      'litellm_settings: { request_timeout: 0 }',
      '4:38',
      'litellm_settings.request_timeout is 0; expected a number of seconds above 0',
    ],
    [
      'litellm_settings: { max_budget: -1 }',
      '4:33',
      'litellm_settings.max_budget is -1; expected an amount in dollars, 0 or more',
    ],
    [
      'litellm_settings: { max_budget: .inf }',
      '4:33',
      'litellm_settings.max_budget is Infinity; expected an amount in dollars, 0 or more',
    ],
    [
      'litellm_settings: { budget_duration: 2 years }',
      '4:38',
      `litellm_settings.budget_duration is "2 years"; expected ${duration}`,
    ],
    [
      'litellm_settings: { budget_duration: 30 }',
      '4:38',
      `litellm_settings.budget_duration is 30; expected ${duration}`,
    ],
    [
      'litellm_settings: { timezone: Mars/Base }',
      '4:31',
      'litellm_settings.timezone is "Mars/Base"; expected an IANA time zone such as "Europe/Paris"',
    ],
    [
      'litellm_settings: { budget_reset_time: "25:00" }',
      '4:40',
      'litellm_settings.budget_reset_time is "25:00"; expected a time such as "06:00"',
    ],
    [
      'litellm_settings: { budget_exceeded_status_code: 200 }',
      '4:50',
      'litellm_settings.budget_exceeded_status_code is 200; expected an HTTP status from 400 to 599',
    ],
    [
      'litellm_settings: { drop_params: perhaps }',
      '4:34',
      'litellm_settings.drop_params is "perhaps"; expected true or false',
    ],
    ['litellm_settings: [a]', '4:19', 'litellm_settings is a list; expected a mapping'],
    [
      'router_settings: { model_group_alias: { a: 5 } }',
      '4:44',
      'router_settings.model_group_alias.a is 5; expected the name of a model, or a mapping with "model" and "hidden"',
    ],
    [
      'general_settings: { unknown_price: zero }',
      '4:36',
      'general_settings.unknown_price is "zero"; expected assume, refuse or allow',
    ],
    [
      'general_settings: { allowed_hosts: a.lan }',
      '4:36',
      'general_settings.allowed_hosts is "a.lan"; expected a list of texts',
    ],
    [
      'general_settings: { allowed_hosts: [a.lan, 5] }',
      '4:44',
      'general_settings.allowed_hosts[1] is 5; expected a text',
    ],
    [
      'general_settings: { litellm_key_header_name: "x y" }',
      '4:46',
      'general_settings.litellm_key_header_name is a text; expected the name of a header',
    ],
    ['include: 5', '4:10', 'include is 5; expected a list of texts'],
    [
      'environment_variables: { A: [] }',
      '4:29',
      'environment_variables.A is an empty list; expected a text, a number, true or false',
    ],
  ] as const) {
    it(`says of ${settings}: ${mistake}`, () =>
      assert.deepEqual(errorsOf(`${one}${settings}`), [`config.yaml:${place}: ${mistake}`]));
  }

  for (const [list, mistake] of [
    ['model_list: 5', '1:13: model_list is 5; expected a list of models, each beginning with "- model_name:"'],
    ['model_list: [5]', '1:14: entry 1 of model_list is 5; expected a mapping with "model_name" and "litellm_params"'],
    [
      'model_list:\n  -\n',
      '2:4: entry 1 of model_list is empty; expected a mapping with "model_name" and "litellm_params"',
    ],
    [
      'model_list:\n  - model_name:\n    litellm_params: { model: openai/x }',
      '2:5: model_name is empty; expected the name that clients use, such as "gpt-4o"',
    ],
    ['model_list:\n  - model_name: a\n', '2:5: litellm_params is missing; expected a mapping with "model"'],
    [
      'model_list:\n  - model_name: a\n    litellm_params:\n      api_key: k\n',
      '4:7: litellm_params.model is missing; expected "provider/model", such as "openai/gpt-4o"',
    ],
    [oneModel('{ model: 5 }'), '3:30: litellm_params.model is 5; expected "provider/model", such as "openai/gpt-4o"'],
    [
      oneModel('{ model: openai/x, order: 1.5 }'),
      '3:47: litellm_params.order is 1.5; expected a whole number, 0 or more',
    ],
    [
      oneModel('{ model: openai/x, extra_headers: { X-A: 5 } }'),
      '3:62: litellm_params.extra_headers.X-A is a number; expected a text',
    ],
  ] as const) {
    it(`says of ${list.replace(/\s+/g, ' ')}: ${mistake}`, () =>
      assert.deepEqual(errorsOf(list), [`config.yaml:${mistake}`]));
  }
});

describe('the JSON Schema', () => {
  const at = (...path: readonly string[]) =>
    path.reduce((schema, key) => objectIn(objectIn(schema.properties)[key]), objectIn(configJsonSchema()));

  it('describes the sections', () => {
    assert.deepEqual(configJsonSchema().required, ['model_list']);
    assert.equal(at('litellm_settings', 'budget_duration').type, 'string');
    assert.deepEqual(at('general_settings', 'unknown_price').enum, ['assume', 'refuse', 'allow']);
  });

  it('lets every number and switch be a reference', () => {
    assert.deepEqual(at('litellm_settings', 'request_timeout'), {
      description: 'Seconds',
      anyOf: [
        { type: 'number', exclusiveMinimum: 0 },
        { type: 'string', pattern: '^os\\.environ/' },
      ],
    });
  });

  it('leaves room for parameters of providers', () => {
    const items = objectIn(at('model_list').items);
    assert.ok(isObject(objectIn(items.properties).litellm_params));
    assert.notEqual(objectIn(objectIn(items.properties).litellm_params).additionalProperties, false);
  });
});
