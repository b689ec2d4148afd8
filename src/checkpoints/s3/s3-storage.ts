import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import type { ByteRange, ListedObject, ObjectPage, ObjectStorage, ObjectVersion, PutOptions, VersionedObject } from '../object-storage.ts';
import { failedError } from '../storage-errors.ts';
import { createS3Client, type S3Sender } from './s3-client.ts';
import { isMissing, isRefused, mayPass, s3Error } from './s3-failure.ts';
import type { S3StorageOptions } from './s3-options.ts';
import { uploadInParts, type Attempt } from './s3-upload.ts';

/** Objects larger than this are uploaded in parts of this size, 16 MiB: one lost connection costs one part. S3 allows 10,000 parts. */
const partBytesDefault = 16 * 1024 * 1024;

/** Longest wait between two tries, and the first one, in milliseconds. Every wait is a random share of it. */
const retryMs = { first: 200, max: 5_000 } as const;

/** Keeps objects in a bucket of S3, or of a storage with the same interface. */
export class S3Storage implements ObjectStorage {
  readonly description: string;
  readonly #options: S3StorageOptions;
  readonly #client: S3Sender;

  constructor(options: S3StorageOptions, client: S3Sender = createS3Client(options, options.requestTimeoutMs ?? 30_000)) {
    this.#options = options;
    this.#client = client;
    this.description = `s3://${options.bucket}${options.prefix === '' ? '' : `/${options.prefix}`}`;
  }

  get(key: string, range?: ByteRange): Promise<Buffer | undefined> {
    const part = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` };
    return this.#unlessMissing(`read ${key}`, async () => {
      const { Body } = await this.#client.send(new GetObjectCommand({ ...this.#object(key), ...part }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    });
  }

  head(key: string): Promise<ListedObject | undefined> {
    return this.#unlessMissing(`read ${key}`, async () => {
      const { ContentLength = 0 } = await this.#client.send(new HeadObjectCommand(this.#object(key)));
      return { key, bytes: ContentLength };
    });
  }

  async put(key: string, bytes: Uint8Array, { absent = false }: PutOptions = {}): Promise<boolean> {
    const { partBytes = partBytesDefault, budget } = this.#options;
    const condition = absent ? { IfNoneMatch: '*' } : {};
    const target = { ...this.#object(key), ...this.#encryption };
    return this.#unlessRefused(`write ${key}`, async () => {
      if (bytes.length > partBytes) {
        await uploadInParts({ client: this.#client, target, condition, bytes, partBytes, budget, attempt: this.#attempt, key });
        return;
      }
      await budget.spend(bytes.length);
      await this.#attempt(`write ${key}`, () => this.#client.send(new PutObjectCommand({ ...target, ...condition, Body: bytes })));
    });
  }

  versioned(key: string): VersionedObject {
    return {
      read: () => this.#unlessMissing(`read ${key}`, () => this.#readVersion(key)),
      replace: async (bytes, version) => {
        const condition = version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version };
        try {
          // Sent once: whether an earlier try has replaced the object is for the caller to find out.
          const input: PutObjectCommandInput = { ...this.#object(key), ...this.#encryption, ...condition, Body: bytes };
          return (await this.#client.send(new PutObjectCommand(input))).ETag;
        } catch (error) {
          if (isRefused(error) || isMissing(error)) return undefined;
          throw s3Error(this.description, `write ${key}`, error, 1);
        }
      },
    };
  }

  async list(prefix: string, from?: string): Promise<ObjectPage> {
    const { bucket, prefix: own } = this.#options;
    const start = own === '' ? '' : `${own}/`;
    const input = { Bucket: bucket, Prefix: `${start}${prefix}`, ...(from === undefined ? {} : { ContinuationToken: from }) };
    const page = await this.#attempt(`list ${prefix}`, () => this.#client.send(new ListObjectsV2Command(input)));
    const { Contents = [], IsTruncated = false, NextContinuationToken: next } = page;
    // A list that ends without its end must not look complete: what is not listed would be deleted.
    if (IsTruncated && (next === undefined || next === from))
      throw failedError(this.description, `list ${prefix}`, new Error('the list is cut off'));
    const objects = Contents.map(({ Key = '', Size = 0 }) => ({ key: Key.slice(start.length), bytes: Size }));
    return { objects, next: IsTruncated ? next : undefined };
  }

  async delete(key: string): Promise<void> {
    await this.#unlessMissing(`delete ${key}`, () => this.#client.send(new DeleteObjectCommand(this.#object(key))));
  }

  close(): Promise<void> {
    this.#client.destroy();
    return Promise.resolve();
  }

  async #readVersion(key: string): Promise<ObjectVersion> {
    const { Body, ETag = '' } = await this.#client.send(new GetObjectCommand(this.#object(key)));
    return { bytes: Buffer.from((await Body?.transformToByteArray()) ?? []), version: ETag };
  }

  #object(key: string): { readonly Bucket: string; readonly Key: string } {
    const { bucket, prefix } = this.#options;
    return { Bucket: bucket, Key: prefix === '' ? key : `${prefix}/${key}` };
  }

  get #encryption(): Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'> {
    const { serverSideEncryption, kmsKeyId } = this.#options;
    if (serverSideEncryption === undefined) return {};
    return { ServerSideEncryption: serverSideEncryption, ...(kmsKeyId === undefined ? {} : { SSEKMSKeyId: kmsKeyId }) };
  }

  async #unlessMissing<T>(what: string, send: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#attempt(what, send);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Returns false when the condition of a write did not hold. */
  async #unlessRefused(what: string, write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      if (isRefused(error)) return false;
      throw s3Error(this.description, what, error, 1);
    }
  }

  readonly #attempt: Attempt = async (what, send) => {
    const { attemptsMax = 6, pacing } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send();
      } catch (error) {
        if (!mayPass(error) || attempt === attemptsMax) throw s3Error(this.description, what, error, attempt);
        // The whole wait is random, so that many engines do not come back together.
        await pacing.sleep(pacing.random() * Math.min(retryMs.max, retryMs.first * 2 ** attempt));
      }
    }
  };
}
