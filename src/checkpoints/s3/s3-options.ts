import type { Pacing } from '../pacing.ts';
import type { UploadBudget } from '../upload-budget.ts';

/** Keys of an AWS account. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** How to connect to S3, or to a storage with the same interface. */
export interface S3Options {
  /** The region of the bucket. @defaultValue what the AWS configuration of the machine says; `us-east-1` for another endpoint */
  readonly region?: string;
  /** The URL of a storage with the interface of S3. @defaultValue that of AWS */
  readonly endpoint?: string;
  /** Whether the bucket is part of the path, not of the host name. @defaultValue `true` for another endpoint, else `false` */
  readonly pathStyle?: boolean;
  /** Encryption of the objects on the server: with keys of S3 or of KMS. @defaultValue that of the bucket */
  readonly serverSideEncryption?: 'AES256' | 'aws:kms';
  /** The key of KMS, for `aws:kms`. @defaultValue the key of the account for S3 */
  readonly kmsKeyId?: string;
  /** @defaultValue those the AWS SDK finds; `test`/`test` for an endpoint on this machine if the environment has none */
  readonly credentials?: S3Credentials;
}

/** Options of `S3Storage`. */
export interface S3StorageOptions extends S3Options {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the whole bucket. */
  readonly prefix: string;
  readonly budget: UploadBudget;
  readonly pacing: Pacing;
  /** Tries of each request. @defaultValue 6 */
  readonly attemptsMax?: number;
  /** Longest time for the answer to one request, in milliseconds. @defaultValue 30,000 */
  readonly requestTimeoutMs?: number;
  readonly partBytes?: number;
}
