import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveFunctions, type FunctionServerOptions } from '../../../../src/request-reply/serving/http/function-server.ts';
import { counterHandler } from './counter.ts';

const tlsFile = (name: string): Buffer => readFileSync(join(import.meta.dirname, '..', '..', '..', 'resources', 'tls', name));
const serve = (options: FunctionServerOptions) => serveFunctions(counterHandler(), { port: 0, ...options });

describe('serveFunctions', () => {
  it.each([
    ['empty', ''],
    ['no PEM', Buffer.from('hello')],
    ['a key', tlsFile('server.key')],
  ])('refuses an authority for clients that is %s, instead of trusting others or none', async (_what, clientCa) => {
    const tls = { cert: tlsFile('server.crt'), key: tlsFile('server.key'), clientCa };
    await expect(serve({ tls })).rejects.toThrow('SERVER_OPTION_INVALID: tls.clientCa is no certificate of an authority');
  });

  it('refuses an authority for clients without a certificate of its own', async () => {
    const tls = { clientCa: tlsFile('ca.crt') } as unknown as NonNullable<FunctionServerOptions['tls']>; // as JavaScript may give it
    await expect(serve({ tls })).rejects.toThrow('SERVER_OPTION_INVALID: tls is incomplete');
  });
});
