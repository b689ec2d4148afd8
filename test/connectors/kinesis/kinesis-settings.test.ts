import { describe, expect, it } from '@jest/globals';
import { settings } from '../../../src/configuration/settings.ts';
import type { KinesisSender } from '../../../src/connectors/kinesis/kinesis-connection.ts';
import { configureEgress, configureIngress, kinesisDefaults } from '../../../src/connectors/kinesis/kinesis-settings.ts';
import { startTimeoutMsDefault } from '../../../src/connectors/kinesis/start-timeout.ts';

const values = (given: Record<string, unknown>, fallbacks: Record<string, unknown> = {}) => ({ values: given, fallbacks });

describe('the settings of Kinesis connectors', () => {
  it('takes the place of options in code', () => {
    const options = { stream: 'code', name: 'own', pollInterval: 300, start: 'LATEST' as const };

    expect(configureIngress(options, values({}))).toEqual(options);
    expect(
      configureIngress(
        options,
        values({ 'kinesis.ingress-stream': 'set', 'kinesis.start': '2026-01-01T00:00:00Z', 'kinesis.poll-interval': 500 }),
      ),
    ).toEqual({
      stream: 'set',
      name: 'own',
      pollInterval: 500,
      start: { at: '2026-01-01T00:00:00Z' },
    });
    expect(configureEgress({ stream: 'code', batchRecordsMax: 5 }, values({ 'kinesis.egress-stream': 'set' }))).toEqual({
      stream: 'set',
      batchRecordsMax: 5,
    });
  });

  it('puts settings above the client in code, and what programs share below it', () => {
    const client = { region: 'code' };
    const shared = { 'kinesis.region': 'shared', 'kinesis.endpoint': 'http://shared' };

    expect(configureIngress({ client }, values({}, shared)).client).toEqual({ region: 'code', endpoint: 'http://shared' });
    expect(configureIngress({ client }, values({ 'kinesis.region': 'set' })).client).toEqual({ region: 'set' });
  });

  it('leaves a client of the application as it is', () => {
    const client: KinesisSender = { send: () => undefined } as unknown as KinesisSender;

    expect(configureEgress({ client }, values({ 'kinesis.region': 'set' })).client).toBe(client);
  });

  it('refuses half of the credentials', () => {
    const whole = { 'kinesis.access-key-id': 'a', 'kinesis.secret-access-key': 'b', 'kinesis.session-token': 'c' };

    expect(configureIngress({}, values(whole))).toEqual({
      client: { credentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' } },
    });
    expect(() => configureIngress({}, values({ 'kinesis.access-key-id': 'a' }))).toThrow('kinesis.secret-access-key is not set');
    expect(() => configureIngress({}, values({ 'kinesis.session-token': 'c' }))).toThrow('kinesis.access-key-id is not set');
  });

  it('has the defaults that the registry of settings documents', () => {
    const documented = Object.entries({ ...kinesisDefaults, startTimeout: startTimeoutMsDefault }).map(([name]) => {
      const key = `kinesis.${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      return [name, settings.get(key)?.default];
    });

    expect(Object.fromEntries(documented)).toEqual({ ...kinesisDefaults, startTimeout: startTimeoutMsDefault });
  });
});
