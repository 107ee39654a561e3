import assert from 'node:assert/strict';
import { deployment, oneModel, warningsOf } from '../support/config.ts';

const own = 'aws_access_key_id: AKIDEXAMPLE, aws_secret_access_key: the-secret';
const usual = { AWS_ACCESS_KEY_ID: 'AKIDUSUAL', AWS_SECRET_ACCESS_KEY: 'usual-secret' };

describe('an AWS account', () => {
  it('is the entry’s own, whatever the environment has', () => {
    const variables = { ...usual, AWS_BEARER_TOKEN_BEDROCK: 'token', AWS_REGION: 'eu-west-1' };
    const { aws, apiKey, keyName, defaults } = deployment(
      `{ model: bedrock/m, ${own}, aws_session_token: the-session, aws_region_name: us-east-1 }`,
      variables,
    );
    const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'the-secret', sessionToken: 'the-session' };
    assert.deepEqual(aws, { region: 'us-east-1', keys });
    assert.deepEqual([apiKey, keyName, defaults], [undefined, undefined, {}]);
  });

  it('may be named by variables, one of which names the account', () => {
    const params = 'aws_access_key_id: os.environ/WORK_ID, aws_secret_access_key: os.environ/WORK_SECRET';
    const { aws, keyName } = deployment(`{ model: bedrock/m, ${params} }`, { WORK_ID: 'AKIDWORK', WORK_SECRET: 's' });
    assert.deepEqual(aws?.keys, { accessKeyId: 'AKIDWORK', secretAccessKey: 's' });
    assert.equal(keyName, 'WORK_ID');
  });

  it('is else a bearer token, else the usual keys', () => {
    const token = deployment('{ model: bedrock/m }', { ...usual, AWS_BEARER_TOKEN_BEDROCK: 'token' });
    assert.deepEqual([token.apiKey, token.keyName], ['token', 'AWS_BEARER_TOKEN_BEDROCK']);
    assert.equal(token.aws?.keys, undefined);
    const given = deployment(`{ model: bedrock/m, api_key: own-token, ${own} }`, usual);
    assert.deepEqual([given.apiKey, given.aws?.keys], ['own-token', undefined]);
    const keyed = deployment('{ model: bedrock/m }', { ...usual, AWS_SESSION_TOKEN: 'usual-session' });
    assert.deepEqual(keyed.aws?.keys, {
      accessKeyId: 'AKIDUSUAL',
      secretAccessKey: 'usual-secret',
      sessionToken: 'usual-session',
    });
    assert.equal(keyed.keyName, 'AWS_ACCESS_KEY_ID');
  });

  it('is in the region that the entry, its model or the environment names', () => {
    const region = (params: string, variables = {}) => deployment(`{ ${params}, ${own} }`, variables).aws?.region;
    assert.equal(region('model: bedrock/m, aws_region_name: ap-south-1', { AWS_REGION: 'eu-west-1' }), 'ap-south-1');
    assert.equal(region('model: bedrock/us-gov-west-1/m', { AWS_REGION: 'eu-west-1' }), 'us-gov-west-1');
    assert.equal(region('model: bedrock/m', { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-2' }), 'eu-west-1');
    assert.equal(region('model: bedrock/m', { AWS_DEFAULT_REGION: 'us-east-2' }), 'us-east-2');
    assert.equal(region('model: bedrock/m'), 'us-west-2');
  });

  it('has its address from the entry', () => {
    const endpoint = 'aws_bedrock_runtime_endpoint: "http://127.0.0.1:9/bedrock/"';
    assert.equal(deployment(`{ model: bedrock/m, ${own}, ${endpoint} }`).apiBase, 'http://127.0.0.1:9/bedrock');
  });

  it('without any key is remarked on', () => {
    assert.deepEqual(warningsOf(oneModel('{ model: bedrock/m }'), {}), [
      'config.yaml:3:21: the model "m" has no key: give it aws_access_key_id and aws_secret_access_key, ' +
        'or set AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY or AWS_BEARER_TOKEN_BEDROCK',
    ]);
  });

  it('shows no secret in what is wrong with it', () => {
    const warnings = warningsOf(
      oneModel('{ model: bedrock/m, aws_access_key_id: planted-id, aws_secret_access_key: os.environ/NOT_SET }'),
      {},
    );
    assert.ok(!JSON.stringify(warnings).includes('planted'));
  });
});

describe('a model of Bedrock', () => {
  it('may stand behind the words for its API and region', () => {
    const id = 'anthropic.claude-haiku-4-5-20251001-v1:0';
    for (const prefix of ['', 'converse/', 'converse_like/', 'us-east-1/', 'converse/eu-central-1/']) {
      assert.equal(deployment(`{ model: "bedrock/${prefix}${id}", ${own} }`).model, id);
    }
    const arn = 'arn:aws:bedrock:us-east-1:123:inference-profile/us.x';
    assert.equal(deployment(`{ model: "bedrock/converse/${arn}", ${own} }`).model, arn);
  });
});
