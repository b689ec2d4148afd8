import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { listAll } from '../../../src/checkpoints/object-storage.ts';
import { openObjectStorage } from '../../../src/checkpoints/open-object-storage.ts';
import { realPacing, type Pacing } from '../../../src/checkpoints/pacing.ts';
import type { S3StorageOptions } from '../../../src/checkpoints/s3/s3-options.ts';
import { S3Storage } from '../../../src/checkpoints/s3/s3-storage.ts';
import { UploadBudget } from '../../../src/checkpoints/upload-budget.ts';
import { describeObjectStorage } from '../../contracts/object-storage-contract.ts';
import { FakeS3, type S3Fault, type S3Request } from './fake-s3.ts';

/** Waits are counted, and take no time. */
class CountedPacing implements Pacing {
  readonly waitsMs: number[] = [];
  elapsedMs = (): number => 0;
  wallMs = (): number => 0;
  random = (): number => 0.5;
  schedule = (): never => {
    throw new Error('a storage schedules nothing');
  };
  sleep(delayMs: number): Promise<void> {
    this.waitsMs.push(delayMs);
    return Promise.resolve();
  }
}

const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
const pacing = new CountedPacing();
const budget = new UploadBudget(Infinity, realPacing);

const open = (fake: FakeS3, options: Partial<S3StorageOptions> = {}): S3Storage =>
  new S3Storage({
    bucket: 'bucket',
    prefix: 'carts/prod',
    endpoint: fake.endpoint,
    credentials,
    budget,
    pacing,
    partBytes: 100_000,
    ...options,
  });

describeObjectStorage('S3Storage', async () => {
  const fake = await FakeS3.start('bucket');
  return { storage: open(fake), reopen: () => open(fake), dispose: () => fake.stop() };
});

describe('S3Storage', () => {
  let fake: FakeS3;
  let storage: S3Storage;
  beforeEach(async () => {
    pacing.waitsMs.length = 0;
    fake = await FakeS3.start('bucket');
    storage = open(fake);
  });
  afterEach(async () => {
    await storage.close();
    await fake.stop();
  });

  /** The fault is made for the first requests that it fits. */
  const faults = (count: number, fault: S3Fault, fits: (request: S3Request) => boolean = () => true): void => {
    let left = count;
    fake.fault = (request) => (fits(request) && left-- > 0 ? fault : undefined);
  };

  it.each<[string, S3Fault]>([
    ['503', { status: 503, code: 'SlowDown' }],
    ['500', { status: 500, code: 'InternalError' }],
    ['429', { status: 429, code: 'TooManyRequests' }],
    ['a conflict of conditional writes (409)', { status: 409, code: 'ConditionalRequestConflict' }],
    ['a connection that is cut', 'cut'],
  ])('tries again after %s, with growing random waits', async (_name, fault) => {
    faults(3, fault);
    expect(await storage.put('a', Buffer.from('x'), { absent: true })).toBe(true);
    expect(pacing.waitsMs).toEqual([200, 400, 800]);
    expect([...fake.objects.keys()]).toEqual(['carts/prod/a']);
  });

  it('returns false for a write that it made itself when the answer was lost: who needs to know compares (CHECKPOINT-O2)', async () => {
    faults(1, 'cut after');
    expect(await storage.put('a', Buffer.from('x'), { absent: true })).toBe(false);
    expect(fake.objects.get('carts/prod/a')?.toString()).toBe('x');
  });

  it('gives up after six tries, with the cause', async () => {
    faults(100, { status: 503, code: 'SlowDown' });
    await expect(storage.get('a')).rejects.toMatchObject({ code: 'CHECKPOINT_STORAGE_FAILED', facts: { attempts: 6 } });
    expect(fake.requests).toHaveLength(6);
  });

  it.each([
    [403, 'AccessDenied'],
    [401, 'InvalidAccessKeyId'],
  ])('reports what is denied at once (%i)', async (status, code) => {
    faults(100, { status, code });
    await expect(storage.put('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'CHECKPOINT_STORAGE_DENIED' });
    await expect(storage.list('')).rejects.toMatchObject({ code: 'CHECKPOINT_STORAGE_DENIED' });
    expect(fake.requests).toHaveLength(2);
  });

  it('reports a bucket that does not exist', async () => {
    const absent = open(fake, { bucket: 'vanished' });
    await expect(absent.put('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'CHECKPOINT_STORAGE_ABSENT' });
    await expect(absent.get('a')).rejects.toMatchObject({ code: 'CHECKPOINT_STORAGE_ABSENT' });
    await expect(absent.list('')).rejects.toMatchObject({ code: 'CHECKPOINT_STORAGE_ABSENT' });
    await absent.close();
  });

  it('refuses a list that is cut off (CHECKPOINT-O3)', async () => {
    for (let number = 10; number < 40; number += 1) await storage.put(`segments/${number}`, Buffer.from('x'));
    faults(1, 'truncated list', ({ query }) => query.has('continuation-token'));
    await expect(listAll(storage, 'segments/')).rejects.toMatchObject({ code: 'CHECKPOINT_STORAGE_FAILED' });
  });

  it('uploads large objects in parts, tries each part by itself, and leaves nothing of an upload that fails (CHECKPOINT-O1)', async () => {
    const large = Buffer.alloc(450_000, 'part ');
    faults(2, { status: 503, code: 'SlowDown' }, ({ query }) => query.get('partNumber') === '3');
    expect(await storage.put('large', large, { absent: true })).toBe(true);
    expect(fake.objects.get('carts/prod/large')?.equals(large)).toBe(true);
    expect(fake.requests.filter(({ query }) => query.has('partNumber'))).toHaveLength(7);
    expect(await storage.put('large', large, { absent: true })).toBe(false);

    faults(100, { status: 403, code: 'AccessDenied' }, ({ query }) => query.get('partNumber') === '4');
    await expect(storage.put('other', large)).rejects.toMatchObject({ code: 'CHECKPOINT_STORAGE_DENIED' });
    expect({ uploads: fake.openUploads, keys: [...fake.objects.keys()] }).toEqual({ uploads: 0, keys: ['carts/prod/large'] });
  });

  it('asks for encryption on the server for every object', async () => {
    const encrypted = open(fake, { serverSideEncryption: 'aws:kms', kmsKeyId: 'alias/carts' });
    await encrypted.put('small', Buffer.from('x'));
    await encrypted.put('large', Buffer.alloc(150_000));
    await encrypted.versioned('lease').replace(Buffer.from('x'), undefined);
    const creating = fake.requests.filter(({ method, query }) => (method === 'PUT' && !query.has('partNumber')) || query.has('uploads'));
    expect(creating).toHaveLength(3);
    for (const { headers } of creating) {
      expect(headers).toMatchObject({
        'x-amz-server-side-encryption': 'aws:kms',
        'x-amz-server-side-encryption-aws-kms-key-id': 'alias/carts',
      });
    }
    await encrypted.close();
  });

  it('sends the replacement of a version once: whoever sends it has to look whether it was made', async () => {
    faults(1, 'cut after');
    const lease = storage.versioned('lease');
    await expect(lease.replace(Buffer.from('mine'), undefined)).rejects.toMatchObject({ code: 'CHECKPOINT_STORAGE_FAILED' });
    expect((await lease.read())?.bytes.toString()).toBe('mine');
    expect(fake.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  it('is what s3:// opens', async () => {
    const opened = await openObjectStorage({ to: 's3://bucket/carts/prod/', s3: { endpoint: fake.endpoint, credentials } });
    await opened.put('a', Buffer.from('x'));
    expect(opened.description).toBe('s3://bucket/carts/prod');
    expect([...fake.objects.keys()]).toEqual(['carts/prod/a']);
    await opened.close();
  });

  it.each(['', 'carts', 's3://', 's3:bucket', 's3://UPPER/x', 'file:', 'https://bucket.s3.amazonaws.com', 'file://other.host/x'])(
    'refuses %p as a place for checkpoints',
    async (to) => {
      await expect(openObjectStorage({ to })).rejects.toMatchObject({ code: 'CHECKPOINT_TARGET_INVALID' });
    },
  );
});
