/** An AWS account as calls to it need it: its region, and the keys that sign them, unless a bearer token stands for both. */
export interface AwsAccount {
  readonly region: string;
  readonly keys?: AwsKeys;
}

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
