import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';

/** Sends a request whose body stays incomplete. Resolves once the server has read its head, with the answer to come. */
export async function withholdBody(
  port: number | undefined,
  options: { readonly path: string; readonly method: string; readonly headers?: Readonly<Record<string, string>> },
): Promise<{ readonly answer: Promise<IncomingMessage> }> {
  const headers = { ...options.headers, 'content-length': 10, expect: '100-continue' };
  const asked = request({ ...options, host: '127.0.0.1', port, headers, agent: false });
  asked.on('error', () => undefined);
  const answer = once(asked, 'response').then(([response]: unknown[]) => (response as IncomingMessage).resume()); // Safe: the event of Node.
  asked.flushHeaders();
  // A server asks for the body when it has the head.
  await once(asked, 'continue');
  return { answer };
}
