import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { toReadError } from '../../../src/connectors/kinesis/kinesis-failure.ts';
import { lockFolder } from '../../../src/storage/folder/folder-lock.ts';
import { newerFormatError } from '../../../src/storage/store-errors.ts';
import { givenStream } from '../../connectors/kinesis/given-stream.ts';
import { kinesisError, networkError } from '../../connectors/kinesis/fake-kinesis.ts';
import { explained } from './explained.ts';

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'nothing was thrown',
    (thrown: unknown) => thrown,
  );

describe('mistakes that the outside shows', () => {
  it('explains a state folder that another process has', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'statefun-'));
    const lock = await lockFolder(folder);
    try {
      expect(explained(await thrownBy(lockFolder(folder)))).toBe(
        `1. STATE_FOLDER_LOCKED: the state folder ${folder} is in use by another engine (process ${process.pid}).
   Where: ${folder}
   Do:    Stop process ${process.pid}, or give this one another folder: --state-folder, or STATEFUN_STATE_FOLDER. One engine at a time writes a state folder.
`,
      );
    } finally {
      await lock.release();
      await rm(folder, { recursive: true });
    }
  });

  it('explains a state folder that a later version has written', () => {
    expect(explained(newerFormatError('/data/store.json', 2, 1))).toBe(
      `1. STORE_FORMAT_NEWER: a later version of statefun wrote the state (format 2; this one reads up to 1).
   Where: /data/store.json
   Do:    Start the version that wrote it, or a later one (npm install statefun@latest), or another state folder. Nothing was changed.
`,
    );
  });

  it('explains a stream that is missing', async () => {
    const { run } = givenStream();
    expect(explained(await thrownBy(run(undefined, { stream: 'orders' })))).toMatch(
      /^1\. KINESIS_STREAM_MISSING: There is no Kinesis stream "orders"\.\n {3}Where: stream "orders"\n {3}Do: {4}Correct the name, the region or the endpoint, or create it: aws kinesis create-stream --stream-name orders --shard-count 1\n/,
    );
  });

  it('explains an endpoint that nothing listens at', async () => {
    const { kinesis, run } = givenStream();
    const refused = Object.assign(networkError('ECONNREFUSED'), {
      message: 'connect ECONNREFUSED 127.0.0.1:4566',
      address: '127.0.0.1',
      port: 4566,
    });
    kinesis.failNext('DescribeStreamSummary', ...Array.from({ length: 100 }, () => refused));
    expect(explained(await thrownBy(run()))).toBe(
      `1. KINESIS_UNREACHABLE: Kinesis did not respond for stream "in" within 10000 ms: connect ECONNREFUSED 127.0.0.1:4566.
   Where: stream "in"
   Do:    Nothing listens at 127.0.0.1:4566: start the service that should, or correct the address. The endpoint is AWS_ENDPOINT_URL_KINESIS or AWS_ENDPOINT_URL, else that of AWS_REGION.
`,
    );
  });

  it('explains credentials that are missing', () => {
    const missing = Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' });
    expect(explained(toReadError(missing, 'in'))).toBe(
      `1. KINESIS_CREDENTIALS_MISSING: There are no AWS credentials for stream "in".
   Where: stream "in"
   Do:    Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE (then aws sso login), or give client: { credentials }; an endpoint on this machine needs none.
   Cause: CredentialsProviderError: Could not load credentials from any providers
`,
    );
  });

  it('explains credentials that AWS refuses', () => {
    const text = explained(toReadError(kinesisError('ExpiredTokenException'), 'in'));
    expect(text).toMatch(/^1\. KINESIS_CREDENTIALS_REFUSED: AWS refuses the credentials used for stream "in": ExpiredTokenException/);
    expect(text).toContain('\n   Do:    Renew them (aws sso login, or new keys)');
  });

  it.each([
    [
      'EADDRINUSE',
      { syscall: 'listen', address: '127.0.0.1', port: 8080 },
      '127.0.0.1:8080',
      'Another process has 127.0.0.1:8080. Stop it, or choose another port; lsof -i :8080 shows which process it is.',
    ],
    [
      'EADDRINUSE',
      { syscall: 'listen', address: '::', port: 8080 },
      '[::]:8080',
      'Another process has [::]:8080. Stop it, or choose another port; lsof -i :8080 shows which process it is.',
    ],
    [
      'ENOTFOUND',
      { syscall: 'getaddrinfo', hostname: 'kinesis.invalid' },
      'kinesis.invalid',
      'There is no host kinesis.invalid: correct the name, or check the network and its DNS.',
    ],
    [
      'EACCES',
      { syscall: 'listen', address: '0.0.0.0', port: 80 },
      '0.0.0.0:80',
      'This user may not listen on 0.0.0.0:80: choose a port above 1023.',
    ],
    [
      'EACCES',
      { syscall: 'open', path: '/data/x' },
      '/data/x',
      'This user may not use /data/x: correct the permissions, or choose another path.',
    ],
    [
      'ENOENT',
      { syscall: 'open', path: 'x.json' },
      'x.json',
      'There is no x.json: correct the path (relative paths start at the working directory).',
    ],
  ])('explains %s of any connector, from %j', (code, fields, where, action) => {
    const error = Object.assign(new Error(`${fields.syscall} ${code}`), { code, ...fields });
    expect(explained(error)).toBe(`1. ${code}: ${fields.syscall} ${code}\n   Where: ${where}\n   Do:    ${action}\n`);
  });

  it('takes a name with several addresses for one failure', () => {
    const errors = [Object.assign(new Error('connect ECONNREFUSED ::1:4566'), { code: 'ECONNREFUSED', address: '::1', port: 4566 })];
    const error = Object.assign(new AggregateError(errors, ''), { code: 'ECONNREFUSED' });
    expect(explained(error)).toBe(
      '1. ECONNREFUSED: connect ECONNREFUSED ::1:4566\n   Where: [::1]:4566\n   Do:    Nothing listens at [::1]:4566: start the service that should, or correct the address.\n',
    );
  });
});
