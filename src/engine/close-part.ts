import { StatefunError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { RemoteClient } from '../functions/remote/remote-function.ts';
import type { IngressBuffer } from './ingress/ingress-buffer.ts';
import { within } from '../shared/time/deadline.ts';

/** How long one part may take to release what it holds, in milliseconds of real time: a connection that hangs does not keep the process. */
const closeMsMax = 5_000;

/** Closes a part of the engine. One that cannot be closed, or not in time, does not keep the others open. */
export async function closePart(what: string, logger: Logger, close: () => Promise<void>, msMax = closeMsMax): Promise<void> {
  try {
    if (await within(msMax, close())) return;
    const error = new StatefunError('STOP_DEADLINE_PASSED', `closing the ${what} has not ended after ${msMax} ms.`);
    logger.warn(`closing the ${what} takes too long; it is left as it is`, { error });
  } catch (error) {
    logger.warn(`closing the ${what} failed`, { error });
  }
}

export async function closeIngress(buffers: readonly IngressBuffer[], logger: Logger): Promise<void> {
  await Promise.all(buffers.map((buffer) => closePart(`ingress ${buffer.ingress.id}`, logger, () => buffer.stop())));
}

export async function closeClients(clients: readonly RemoteClient[], logger: Logger): Promise<void> {
  await Promise.all(clients.map((client) => closePart(`connections to ${client.description}`, logger, () => client.close())));
}
