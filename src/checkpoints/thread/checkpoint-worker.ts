import { parentPort, workerData } from 'node:worker_threads';
import { toError } from '../../shared/errors.ts';
import type { Logger, LogSeverity } from '../../shared/logger.ts';
import { toFailure } from '../../storage/threads/serve-thread.ts';
import { CheckpointService, type CheckpointSettings } from '../checkpoint-service.ts';
import { realPacing } from '../pacing.ts';
import {
  sendFields,
  sendLease,
  type CheckpointMessage,
  type CheckpointRequest,
  type CheckpointResult,
  type NumberedRequest,
} from './checkpoint-messages.ts';

const port = parentPort;
// Does nothing in a file that is not loaded as a worker.
if (port !== null) serve((message) => port.postMessage(message));

function serve(send: (message: CheckpointMessage) => void): void {
  const settings = workerData as CheckpointSettings; // CheckpointThread passes them
  const service = new CheckpointService(settings, {
    pacing: realPacing,
    logger: sendingLogger(send),
    leaseChanged: (state) => send({ lease: sendLease(state) }),
  });
  port?.on('message', ({ number, request }: NumberedRequest) => {
    handle(service, request).then(
      (result) => {
        send({ number, result });
        if (request.call === 'end') port?.close();
      },
      (error: unknown) => send({ number, failure: toFailure(toError(error)) }),
    );
  });
}

async function handle(service: CheckpointService, request: CheckpointRequest): Promise<CheckpointResult> {
  switch (request.call) {
    case 'begin':
      return service.begin();
    case 'checkpoint':
      return service.checkpoint(request.source);
    case 'renew':
      await service.renew();
      return undefined;
    case 'end':
      await service.end({ free: request.free });
      return undefined;
  }
}

function sendingLogger(send: (message: CheckpointMessage) => void): Logger {
  const log =
    (severity: LogSeverity) =>
    (text: string, fields = {}): void =>
      send({ severity, text, fields: sendFields(fields) });
  const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error'), child: () => logger };
  return logger;
}
