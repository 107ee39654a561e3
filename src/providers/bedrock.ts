import { bedrock as dialect } from '../dialects/bedrock/bedrock.ts';
import { awsSignature } from './aws-signature.ts';
import { bearer } from './headers.ts';
import type { Provider, Target } from './provider.ts';

/** Models on Amazon Bedrock, by its Converse API. */
export const bedrock: Provider = {
  name: 'bedrock',
  title: 'Amazon Bedrock',
  dialect,
  baseUrl: 'https://bedrock-runtime.us-west-2.amazonaws.com',
  keyVariables: ['AWS_BEARER_TOKEN_BEDROCK'],
  aws: true,
  priceId: 'aws',
  // An id may hold colons, and that of a profile or a custom model slashes too.
  url: (target) =>
    `${baseOf(target)}/model/${encodeURIComponent(target.model)}/${target.stream ? 'converse-stream' : 'converse'}`,
  headers: bearer,
  sign: awsSignature('bedrock'),
};

/** As configured, else the one of the account's region. */
function baseOf({ baseUrl, ownBase, aws }: Target): string {
  if (ownBase || aws === undefined) return baseUrl;
  const domain = aws.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://bedrock-runtime.${aws.region}.${domain}`;
}
