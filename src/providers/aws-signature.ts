import type { Provider } from './provider.ts';

type Sign = NonNullable<Provider['sign']>;

/** AWS's signature, version 4, for one of its services; a request with a bearer token needs none. */
export function awsSignature(service: string): Sign {
  const derivedKeys = new Map<string, ArrayBuffer>(); // one for each day, region and account
  return async ({ url, headers, body, at }, { aws, apiKey }) => {
    if (aws?.keys === undefined || apiKey !== undefined) return headers;
    const { AwsV4Signer } = await import('aws4fetch');
    if (derivedKeys.size > 100) derivedKeys.clear();
    const signer = new AwsV4Signer({
      method: 'POST',
      url,
      headers: { ...headers },
      body: typeof body === 'string' ? body : new Uint8Array(body),
      ...aws.keys,
      service,
      region: aws.region,
      datetime: new Date(at).toISOString().replace(/[:-]|\.\d{3}/g, ''),
      cache: derivedKeys,
    });
    const signed = await signer.sign();
    return Object.fromEntries(signed.headers);
  };
}
