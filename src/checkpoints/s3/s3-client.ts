import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { S3Credentials, S3Options } from './s3-options.ts';

/** The part of the SDK's client that is used. */
export type S3Sender = Pick<S3Client, 'send' | 'destroy'>;

/** Keys for emulators, which check no signature; the SDK cannot sign without keys. */
const localCredentials: S3Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Time for a connection, in milliseconds. */
const connectionTimeoutMs = 5_000;

/** Creates a client that tries nothing again by itself: conditional writes must know which try succeeded. */
export function createS3Client(options: S3Options, requestTimeoutMs: number, environment = process.env): S3Sender {
  const { endpoint, credentials, region, pathStyle = endpoint !== undefined } = options;
  const local =
    endpoint !== undefined && isLoopback(endpoint) && (environment['AWS_ACCESS_KEY_ID'] ?? '') === '' && !environment['AWS_PROFILE'];
  const chosen = credentials ?? (local ? localCredentials : undefined);
  const config: S3ClientConfig = {
    ...(endpoint === undefined ? {} : { endpoint }),
    // Every endpoint but that of AWS accepts any region.
    ...(region === undefined ? (endpoint === undefined ? {} : { region: environment['AWS_REGION'] ?? 'us-east-1' }) : { region }),
    ...(chosen === undefined ? {} : { credentials: chosen }),
    // Other storages do not know the newer checksums of the SDK. Ours are in the manifest.
    ...(endpoint === undefined ? {} : { requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' }),
    forcePathStyle: pathStyle,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: Math.min(connectionTimeoutMs, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
  };
  return new S3Client(config);
}

function isLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const host = new URL(endpoint).hostname;
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}
