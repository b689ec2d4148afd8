import { describe, expect, it } from '@jest/globals';
import { resolveClientOptions, resolveStreamName } from '../../../src/connectors/kinesis/kinesis-connection.ts';

const endpoints = {
  AWS_ENDPOINT: 'http://general:1',
  AWS_ENDPOINT_URL: 'http://aws:2',
  AWS_ENDPOINT_URL_KINESIS: 'http://kinesis:3',
};

describe('resolveClientOptions', () => {
  it('takes the most specific endpoint', () => {
    const { AWS_ENDPOINT, AWS_ENDPOINT_URL } = endpoints;
    expect(resolveClientOptions({ endpoint: 'http://code:4' }, endpoints).endpoint).toBe('http://code:4');
    expect(resolveClientOptions({}, endpoints).endpoint).toBe('http://kinesis:3');
    expect(resolveClientOptions({}, { AWS_ENDPOINT, AWS_ENDPOINT_URL }).endpoint).toBe('http://aws:2');
    expect(resolveClientOptions({}, { AWS_ENDPOINT, AWS_ENDPOINT_URL: '' }).endpoint).toBe('http://general:1');
  });

  it('leaves region and credentials to the AWS SDK where there is no emulator', () => {
    expect(resolveClientOptions({}, {})).toEqual({});
    expect(resolveClientOptions({}, { AWS_REGION: 'eu-central-1' })).toEqual({ region: 'eu-central-1' });
    expect(resolveClientOptions({ endpoint: 'http://localstack:4566' }, {})).toEqual({ endpoint: 'http://localstack:4566' });
  });

  it.each(['http://localhost:4566', 'http://127.0.0.1:1', 'http://127.8.8.8', 'http://[::1]:2', 'https://kinesis.localhost'])(
    'needs neither region nor credentials for %s',
    (endpoint) => {
      expect(resolveClientOptions({ endpoint }, {})).toEqual({
        endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      });
    },
  );

  it.each(['http://127.evil.example', 'http://localhost.example', 'http://10.0.0.1', 'not a URL'])(
    'makes up no credentials for %s',
    (endpoint) => {
      expect(resolveClientOptions({ endpoint }, {}).credentials).toBeUndefined();
    },
  );

  it('prefers the credentials and the region that are configured', () => {
    const environment = { AWS_ACCESS_KEY_ID: '123456789012', AWS_REGION: 'eu-west-1' };
    expect(resolveClientOptions({ endpoint: 'http://localhost' }, environment)).toEqual({
      endpoint: 'http://localhost',
      region: 'eu-west-1',
    });
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    expect(resolveClientOptions({ credentials, region: 'r' }, environment)).toEqual({ credentials, region: 'r' });
  });
});

describe('resolveStreamName', () => {
  it('prefers the environment to the code', () => {
    expect(resolveStreamName('code', 'STREAM', { STREAM: 'environment' })).toBe('environment');
    expect(resolveStreamName('code', 'STREAM', { STREAM: ' ' })).toBe('code');
  });

  it('names the variable when there is no stream', () => {
    expect(() => resolveStreamName(undefined, 'STREAM', {})).toThrow(
      expect.objectContaining({ code: 'KINESIS_STREAM_UNNAMED', facts: { variable: 'STREAM' } }),
    );
  });
});
