import { describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { lambdaHandler } from '../../../../src/request-reply/serving/lambda/lambda-handler.ts';
import { StatefulFunctions } from '../../../../src/request-reply/serving/functions/stateful-functions.ts';
import { decodeFromFunction } from '../../../../src/request-reply/protocol/decode-response.ts';
import { encodeToFunction } from '../../../../src/request-reply/protocol/request.ts';
import { typed } from '../../../../src/request-reply/protocol/typed-values.ts';
import { bytesType } from '../../../../src/state/state-type.ts';
import { counted, counterHandler, countOne, countText } from '../http/counter.ts';

const handler = lambdaHandler(counterHandler());
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const body = { body: base64(countOne), isBase64Encoded: true };
const octets = 'application/octet-stream';

const restApi = {
  resource: '/statefun',
  path: '/statefun',
  httpMethod: 'POST',
  headers: { Accept: octets, 'Content-Type': octets },
  multiValueHeaders: { Accept: [octets], 'Content-Type': [octets] },
  requestContext: { resourcePath: '/statefun', httpMethod: 'POST', stage: 'prod' },
  ...body,
};
const httpApi = {
  version: '2.0',
  routeKey: 'POST /statefun',
  rawPath: '/statefun',
  headers: { 'content-type': octets },
  requestContext: { http: { method: 'POST', path: '/statefun' }, stage: '$default' },
  ...body,
};
const loadBalancer = {
  requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/a/b' } },
  httpMethod: 'POST',
  path: '/statefun',
  headers: { 'content-type': octets },
  ...body,
};
const { headers: _single, ...withoutHeaders } = loadBalancer;
const loadBalancerMultiValue = { ...withoutHeaders, multiValueHeaders: { 'content-type': [octets] } };

describe('lambdaHandler', () => {
  it.each([
    ['a REST API', restApi],
    ['an HTTP API or Function URL', httpApi],
    ['a load balancer', loadBalancer],
    ['a load balancer with several values for a header', loadBalancerMultiValue],
  ])('answers %s', async (_name, event) => {
    const response = await handler(event);
    expect(response).toMatchObject({ statusCode: 200, isBase64Encoded: true });
    expect(decodeFromFunction(Buffer.from(response.body, 'base64'))).toEqual(counted);
  });

  it('answers with the headers of the one that asks', async () => {
    expect((await handler(httpApi)).headers).toEqual({ 'content-type': octets });
    expect(await handler(loadBalancer)).toMatchObject({ statusDescription: '200 OK', headers: { 'content-type': octets } });
    const multiValue = await handler(loadBalancerMultiValue);
    expect(multiValue.multiValueHeaders).toEqual({ 'content-type': [octets] });
    expect(multiValue.headers).toBeUndefined();
  });

  it('decodes compressed bodies, and refuses what is none or too large', async () => {
    const send = (bytes: Uint8Array) =>
      handler({ ...httpApi, headers: { 'content-type': octets, 'content-encoding': 'gzip' }, body: base64(bytes) });
    expect((await send(gzipSync(countOne))).statusCode).toBe(200);
    expect((await send(countOne)).statusCode).toBe(400);
    expect((await send(gzipSync(Buffer.alloc(33 * 1024 * 1024)))).statusCode).toBe(413);
  });

  it.each([
    ['a function that fails', { ...httpApi, body: base64(countText) }, 500, 'FUNCTION_FAILED'],
    ['no body', { ...httpApi, body: undefined }, 400, 'the body is empty'],
    ['a truncated body', { ...httpApi, body: base64(countOne.subarray(0, 9)) }, 400, 'PROTOCOL_MESSAGE_UNREADABLE'],
    ['another method', { ...restApi, httpMethod: 'GET' }, 405, 'the method is GET'],
    ['another content type', { ...httpApi, headers: { 'Content-Type': 'text/plain' } }, 415, 'the content type is "text/plain"'],
    ['a body that the gateway has made text of', { ...restApi, body: 'x', isBase64Encoded: false }, 400, 'set the binary media types'],
  ])('refuses %s', async (_name, event, status, text) => {
    const response = await handler(event);
    expect(response.statusCode).toBe(status);
    expect(Buffer.from(response.body, 'base64').toString()).toContain(text);
  });

  it('refuses events that are no requests', async () => {
    await expect(handler({ Records: [] })).rejects.toThrow('LAMBDA_EVENT_UNKNOWN: the event is an object with the fields Records.');
    await expect(handler(undefined)).rejects.toThrow('LAMBDA_EVENT_UNKNOWN');
  });

  it('says so when an answer is larger than Lambda passes on', async () => {
    const large = typed(bytesType('demo/raw'), new Uint8Array(5_000_000));
    const functions = new StatefulFunctions().bind('demo/echo', (context) => context.send('demo/echo', 'Al', large));
    const target = { type: 'demo/echo', id: 'Bob' };
    const request = encodeToFunction({
      target,
      states: [],
      invocations: [{ caller: undefined, argument: typed(bytesType(), Buffer.of(1)) }],
    });
    const response = await lambdaHandler(functions)({ ...httpApi, body: base64(request) });
    expect(response.statusCode).toBe(500);
    expect(Buffer.from(response.body, 'base64').toString()).toContain('more than Lambda passes on');
  });
});
