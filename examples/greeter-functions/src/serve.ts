import { RequestReplyHandler, serveFunctions } from 'statefun/serving';
import { createFunctions } from './functions.ts';

/** Serves the functions where module.yaml says they are, until a signal. */
async function serve(): Promise<void> {
  const handler = new RequestReplyHandler(createFunctions());
  const server = await serveFunctions(handler, { port: 8010, path: '/statefun' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
}

void serve();
