import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { serveFunctions } from '../../../../src/request-reply/serving/http/function-server.ts';
import { withholdBody } from '../../../shared/http/withhold-body.ts';
import { counterHandler } from './counter.ts';

const tlsFile = (name: string): Buffer => readFileSync(join(import.meta.dirname, '..', '..', '..', 'resources', 'tls', name));

describe('a server that closes', () => {
  it.each(['identity', 'gzip'])('closes while bodies are withheld, of encoding %s, and answers them with 503', async (encoding) => {
    // Neither limit ends the wait: were the bodies waited for, the server would never be closed.
    const server = await serveFunctions(counterHandler(), { port: 0, closeTimeout: '1h', requestTimeout: '1h' });
    const withheld = await Promise.all(
      Array.from({ length: 50 }, () =>
        withholdBody(server.port, { path: '/statefun', method: 'POST', headers: { 'content-encoding': encoding } }),
      ),
    );
    await server.close();
    const answers = await Promise.all(withheld.map(({ answer }) => answer));
    expect(answers.map(({ statusCode, headers }) => [statusCode, headers.connection])).toEqual(withheld.map(() => [503, 'close']));
  });

  it('closes while handshakes are withheld', async () => {
    const tls = { cert: tlsFile('server.crt'), key: tlsFile('server.key') };
    const server = await serveFunctions(counterHandler(), { port: 0, closeTimeout: '1h', requestTimeout: '1h', tls });
    const sockets = Array.from({ length: 20 }, () => connect(server.port, '127.0.0.1').on('error', () => undefined));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const cut = Promise.all(sockets.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve))));
    await server.close();
    await cut;
  });
});
