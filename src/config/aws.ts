import type { AwsAccount, AwsKeys } from '../lib/aws-account.ts';
import { defined } from '../lib/json.ts';
import { pathText, quoted } from './quote.ts';
import { type ProviderFacts, type Reading, remark, valueAt, variableIn } from './reading.ts';
import type { LitellmParams, ModelEntry } from './schema.ts';
import type { Path } from './source.ts';

export interface AwsAccess {
  readonly aws: AwsAccount;
  readonly apiKey?: string;
  readonly keyName?: string;
}

/** LiteLLM's, where nothing names a region. */
const usualRegion = 'us-west-2';

const regionVariables = ['AWS_REGION_NAME', 'AWS_REGION', 'AWS_DEFAULT_REGION'];

/** What an entry and the environment say of an AWS account: the entry's own keys first, then a bearer token, then the usual keys. */
export function awsAccessOf(
  reading: Reading,
  path: Path,
  entry: ModelEntry,
  provider: ProviderFacts & { readonly region: string | undefined },
): AwsAccess {
  const { environment } = reading;
  const params = entry.litellm_params;
  const region =
    params.aws_region_name ?? provider.region ?? regionVariables.map(environment).find(Boolean) ?? usualRegion;
  const name = (key: string): string | undefined =>
    variableIn(valueAt(reading.source.root, [...path, 'litellm_params', key]));

  const ownKeys = keysOf(params.aws_access_key_id, params.aws_secret_access_key, params.aws_session_token);
  if (params.api_key) return { aws: { region }, ...defined({ apiKey: params.api_key, keyName: name('api_key') }) };
  if (ownKeys) return { aws: { region, keys: ownKeys }, ...defined({ keyName: name('aws_access_key_id') }) };

  const token = provider.keyVariables.find((variable) => environment(variable) !== undefined);
  if (token !== undefined) return { aws: { region }, ...defined({ apiKey: environment(token), keyName: token }) };
  const keys = keysOf(
    environment('AWS_ACCESS_KEY_ID'),
    environment('AWS_SECRET_ACCESS_KEY'),
    environment('AWS_SESSION_TOKEN'),
  );
  if (keys) return { aws: { region, keys }, keyName: 'AWS_ACCESS_KEY_ID' };
  if (params.mock_response === undefined) remarkNoKey(reading, path, entry, provider);
  return { aws: { region } };
}

function keysOf(id: string | undefined, secret: string | undefined, token: string | undefined): AwsKeys | undefined {
  if (!id || !secret) return undefined;
  return { accessKeyId: id, secretAccessKey: secret, ...(token && { sessionToken: token }) };
}

function remarkNoKey(reading: Reading, path: Path, entry: ModelEntry, { keyVariables }: ProviderFacts): void {
  const pair = 'aws_access_key_id and aws_secret_access_key';
  const variables = ['AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY', ...keyVariables].join(' or ');
  const at = [...path, 'litellm_params', 'api_key'];
  remark(reading, at, `the model ${quoted(entry.model_name)} has no key: give it ${pair}, or set ${variables}`);
}

/** Reports AWS's keys where the provider has no use for them. */
export function remarkAwsKeys(reading: Reading, path: Path, params: LitellmParams): void {
  for (const key of Object.keys(params).filter((name) => name.startsWith('aws_') && name in awsKeys)) {
    remark(reading, [...path, key], `\`${pathText([...path, key])}\` is for models of Amazon Bedrock, and is ignored`);
  }
}

const awsKeys: Readonly<Record<string, true>> = {
  aws_access_key_id: true,
  aws_secret_access_key: true,
  aws_session_token: true,
  aws_region_name: true,
  aws_bedrock_runtime_endpoint: true,
};
