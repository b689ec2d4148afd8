import type { PutRecordsResultEntry } from '@aws-sdk/client-kinesis';
import { StatefunError } from '../../shared/errors.ts';
import type { RejectedRecord } from '../../egress/egress.ts';
import { isRefused, isThrottled, toWriteError } from './kinesis-failure.ts';
import type { KinesisStream } from './kinesis-stream.ts';
import type { PutEntry } from './put-queues.ts';

/** The result of one PutRecords call. Records that are in no list can be sent again. */
export interface PutOutcome {
  readonly taken: readonly PutEntry[];
  readonly refused: readonly { readonly entry: PutEntry; readonly error: StatefunError }[];
  /** Why some or all records were not accepted for now. */
  readonly throttledBy?: Error;
  /** Whether Kinesis refused the whole call because of one record, without naming it. */
  readonly refusedAsWhole?: boolean;
}

/** Codes after which the same record can work later. Every other code is final for the record. */
const retriableCodes: ReadonlySet<string> = new Set(['ProvisionedThroughputExceededException', 'InternalFailure']);

/** Sends records in one call. Rejects if it is unknown whether they were written. */
export async function put(request: readonly PutEntry[], stream: KinesisStream, signal: AbortSignal): Promise<PutOutcome> {
  const entries = request.map(({ partitionKey, data, hashKey }) => ({
    PartitionKey: partitionKey,
    Data: data,
    ...(hashKey === undefined ? {} : { ExplicitHashKey: hashKey }),
  }));
  let results: readonly PutRecordsResultEntry[];
  try {
    results = await stream.put(entries, signal);
  } catch (error) {
    if (isThrottled(error)) return { taken: [], refused: [], throttledBy: toWriteError(error, stream.name) };
    const [only] = request;
    if (!isRefused(error) || only === undefined) throw toWriteError(error, stream.name);
    if (request.length > 1) return { taken: [], refused: [], refusedAsWhole: true };
    return { taken: [], refused: [{ entry: only, error: refusal(only, stream, toWriteError(error, stream.name)) }] };
  }
  return readResults(request, results, stream);
}

/** Sorts the records by their results, which have the order of the request. */
function readResults(request: readonly PutEntry[], results: readonly PutRecordsResultEntry[], stream: KinesisStream): PutOutcome {
  const taken: PutEntry[] = [];
  const refused: { entry: PutEntry; error: StatefunError }[] = [];
  let throttledBy: Error | undefined;
  request.forEach((entry, index) => {
    const result = results[index];
    if (result?.ErrorCode === undefined && result?.SequenceNumber !== undefined) taken.push(entry);
    else if (result?.ErrorCode === undefined || retriableCodes.has(result.ErrorCode)) {
      throttledBy = toWriteError(new Error(`${result?.ErrorCode ?? 'no response'}: ${result?.ErrorMessage ?? ''}`), stream.name);
    } else refused.push({ entry, error: refusal(entry, stream, new Error(`${result.ErrorCode}: ${result.ErrorMessage ?? ''}`)) });
  });
  return { taken, refused, ...(throttledBy === undefined ? {} : { throttledBy }) };
}

function refusal({ record }: PutEntry, stream: KinesisStream, cause: Error): StatefunError {
  return new StatefunError('KINESIS_RECORD_REFUSED', `Stream "${stream.name}" refuses the record of event ${record.id}: ${cause.message}`, {
    facts: { stream: stream.name, eventId: record.id },
    cause,
  });
}

export function rejectTooLarge({ record, sizeBytes }: PutEntry, recordBytesMax: number): RejectedRecord {
  const text = `The record of event ${record.id} has ${sizeBytes} bytes with its key, more than ${recordBytesMax}.`;
  return {
    record,
    error: new StatefunError('KINESIS_RECORD_TOO_LARGE', text, { facts: { eventId: record.id, sizeBytes, recordBytesMax } }),
  };
}
