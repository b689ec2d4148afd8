import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type CompletedPart,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import type { UploadBudget } from '../upload-budget.ts';
import type { S3Sender } from './s3-client.ts';

/** Sends one request, and sends it again after errors that may pass. */
export type Attempt = <T>(what: string, send: () => Promise<T>) => Promise<T>;

interface PartedUpload {
  readonly client: S3Sender;
  readonly target: Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'> & { readonly Bucket: string; readonly Key: string };
  readonly condition: { readonly IfNoneMatch?: string };
  readonly bytes: Uint8Array;
  readonly partBytes: number;
  readonly budget: UploadBudget;
  readonly attempt: Attempt;
  readonly key: string;
}

/** Uploads a large object in parts, each of which is tried by itself. The object appears with the last call, if the condition holds then. */
export async function uploadInParts({ client, target, condition, attempt, key, ...rest }: PartedUpload): Promise<void> {
  const { Bucket, Key } = target;
  const what = `write ${key}`;
  const { UploadId } = await attempt(what, () => client.send(new CreateMultipartUploadCommand(target)));
  try {
    const parts = await uploadParts({ client, target, condition, attempt, key, ...rest }, UploadId);
    const complete = { Bucket, Key, UploadId, MultipartUpload: { Parts: parts }, ...condition };
    await attempt(what, () => client.send(new CompleteMultipartUploadCommand(complete)));
  } catch (error) {
    // Parts that stay cost money until a lifecycle rule of the bucket removes them.
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => undefined);
    throw error;
  }
}

async function uploadParts(
  { client, target, bytes, partBytes, budget, attempt, key }: PartedUpload,
  UploadId: string | undefined,
): Promise<CompletedPart[]> {
  const { Bucket, Key } = target;
  const parts: CompletedPart[] = [];
  for (let start = 0; start < bytes.length; start += partBytes) {
    const Body = bytes.subarray(start, start + partBytes);
    const PartNumber = parts.length + 1;
    await budget.spend(Body.length);
    const send = (): Promise<{ readonly ETag?: string | undefined }> =>
      client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    const { ETag } = await attempt(`write part ${PartNumber} of ${key}`, send);
    parts.push({ PartNumber, ...(ETag === undefined ? {} : { ETag }) });
  }
  return parts;
}
