import { describe, expect, it } from '@jest/globals';
import { configurationOf } from '../../../src/application/application-configuration.ts';
import { configuredCheckpoints } from '../../../src/application/checkpoints/checkpoint-options.ts';
import { defineApplication } from '../../../src/application/definition.ts';

const s3 = {
  region: 'eu-central-1',
  endpoint: 'https://storage.example',
  pathStyle: false,
  serverSideEncryption: 'aws:kms',
  kmsKeyId: 'alias/carts',
  credentials: { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'session' },
} as const;

describe('the options of checkpoints', () => {
  it('are those of the code, each also a setting', async () => {
    const application = defineApplication({
      checkpoints: { to: 's3://backups/carts', interval: '5 min', keep: 7, lease: '10s', uploadBytesPerSecondMax: 1_000_000, s3 },
    });
    const configuration = await configurationOf(application);
    expect(configuration.problems).toEqual([]);
    expect(configuredCheckpoints(configuration)).toEqual({
      to: 's3://backups/carts',
      intervalMs: 300_000,
      keep: 7,
      leaseMs: 10_000,
      uploadBytesPerSecondMax: 1_000_000,
      s3,
    });
  });

  it('are none by default, and their defaults with a place alone', async () => {
    expect(configuredCheckpoints(await configurationOf(defineApplication({})))).toBeUndefined();
    const configuration = await configurationOf(defineApplication({}), { checkpoints: { to: 'file:/mnt/backup/carts' } });
    expect(configuredCheckpoints(configuration)).toMatchObject({
      to: 'file:/mnt/backup/carts',
      intervalMs: 60_000,
      keep: 3,
      leaseMs: 30_000,
      s3: {},
    });
  });

  it.each([
    [{ STATEFUN_CHECKPOINTS__TO: 'file:/mnt/backup' }, 'file:/mnt/backup'],
    [{ STATEFUN_CHECKPOINTS__TO: 'env:PLACE', PLACE: 's3://backups/x' }, 's3://backups/x'],
  ])('may be environment variables: %p', async (environment, to) => {
    const configuration = await configurationOf(defineApplication({ checkpoints: { to: 'file:/in/code' } }), { environment });
    expect(configuration.problems).toEqual([]);
    expect(configuredCheckpoints(configuration)).toMatchObject({ to });
  });

  it.each([
    'checkpoints.to=carts',
    'checkpoints.interval=1ms',
    'checkpoints.keep=0',
    'checkpoints.lease=1h',
    'checkpoints.s3.server-side-encryption=md5',
  ])('are refused at the start with what is wrong: %s', async (setting) => {
    const { problems } = await configurationOf(defineApplication({}), { settings: [setting] });
    expect(problems).toMatchObject([{ code: 'CONFIGURATION_VALUE_INVALID', facts: { key: setting.split('=')[0] } }]);
  });
});
