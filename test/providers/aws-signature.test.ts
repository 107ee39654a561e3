import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { awsSignature } from '../../src/providers/aws-signature.ts';
import type { Target } from '../../src/providers/provider.ts';
import { providerNamed, targetOf } from '../support/prepared.ts';

const bedrock = providerNamed('bedrock');

/** The account and the time of AWS's published test suite for its signature, version 4. */
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const at = Date.UTC(2015, 7, 30, 12, 36, 0);
const target = (rest: Partial<Target> = {}): Target =>
  targetOf(bedrock, 'm', { apiKey: undefined, aws: { region: 'us-east-1', keys }, ...rest });

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

describe('the signature for AWS', () => {
  it("is the one of AWS's test suite (post-vanilla)", async () => {
    const sign = awsSignature('service');
    const headers = await sign({ url: 'https://example.amazonaws.com/', headers: {}, body: '', at }, target());
    assert.deepEqual(headers, {
      'x-amz-date': '20150830T123600Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
        'SignedHeaders=host;x-amz-date, ' +
        'Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    });
  });

  it('holds for the whole request: path, headers, session and body', async () => {
    const model = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
    const body = '{"messages":[{"role":"user","content":[{"text":"Grüße"}]}]}';
    const account = { region: 'eu-west-1', keys: { ...keys, sessionToken: 'the-session' } };
    const asked = target({ model, aws: account });
    const url = bedrock.url(asked);
    const headers = { 'content-type': 'application/json', 'x-own': 'a  b' };
    const signed = await bedrock.sign?.({ url, headers, body: Buffer.from(body), at }, asked);

    // By hand, as AWS's user guide has it: every segment of the path is encoded once more.
    const canonical = [
      'POST',
      '/model/us.anthropic.claude-haiku-4-5-20251001-v1%253A0/converse',
      '',
      'host:bedrock-runtime.eu-west-1.amazonaws.com',
      'x-amz-date:20150830T123600Z',
      'x-amz-security-token:the-session',
      'x-own:a b',
      '',
      'host;x-amz-date;x-amz-security-token;x-own',
      sha256(body),
    ].join('\n');
    const scope = '20150830/eu-west-1/bedrock/aws4_request';
    const text = ['AWS4-HMAC-SHA256', '20150830T123600Z', scope, sha256(canonical)].join('\n');
    const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${keys.secretAccessKey}`);
    assert.deepEqual(signed, {
      ...headers,
      'x-amz-date': '20150830T123600Z',
      'x-amz-security-token': 'the-session',
      authorization:
        `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, ` +
        `SignedHeaders=host;x-amz-date;x-amz-security-token;x-own, Signature=${hmac(key, text).toString('hex')}`,
    });
  });

  it('is left out where a bearer token stands for it, or nothing does', async () => {
    const request = { url: 'https://h/', headers: { a: 'b' }, body: '', at };
    assert.equal(await bedrock.sign?.(request, target({ apiKey: 'token' })), request.headers);
    assert.equal(await bedrock.sign?.(request, target({ aws: { region: 'us-east-1' } })), request.headers);
    assert.deepEqual(bedrock.headers(target({ apiKey: 'token' })), { authorization: 'Bearer token' });
  });
});

describe('the address of Bedrock', () => {
  it('is that of the region, or the configured one', () => {
    const urlOf = (rest: Partial<Target>): string => bedrock.url(target({ model: 'amazon.nova-lite-v1:0', ...rest }));
    const path = '/model/amazon.nova-lite-v1%3A0/converse';
    assert.equal(urlOf({}), `https://bedrock-runtime.us-east-1.amazonaws.com${path}`);
    assert.equal(urlOf({ stream: true }), `https://bedrock-runtime.us-east-1.amazonaws.com${path}-stream`);
    const china = { aws: { region: 'cn-north-1' } };
    assert.equal(urlOf(china), `https://bedrock-runtime.cn-north-1.amazonaws.com.cn${path}`);
    assert.equal(urlOf({ baseUrl: 'http://127.0.0.1:9/bedrock', ownBase: true }), `http://127.0.0.1:9/bedrock${path}`);
  });

  it('takes an inference profile by its whole name', () => {
    const model = 'arn:aws:bedrock:us-east-1:123:inference-profile/us.x';
    assert.match(bedrock.url(target({ model })), /\/model\/arn%3Aaws%3A[^/]*%2Fus\.x\/converse$/);
  });
});
