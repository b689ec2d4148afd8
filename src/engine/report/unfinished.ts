import { StatefunError } from '../../shared/errors.ts';
import type { Outbox } from '../egress/outbox.ts';
import type { Partition } from '../partition/partition.ts';
import { waitingAddresses, type WaitingAddress } from '../partition/waiting-address.ts';

/** Most addresses named in the error. The others are counted. */
const addressesMax = 5;

/** Returns the error about work that a stop left: running handlers, waiting addresses, and egresses with records. */
export function unfinished(partition: Partition, outbox: Outbox, deadlineMs: number): StatefunError {
  const { messages } = partition.mailboxes;
  const busy = waitingAddresses(partition.mailboxes);
  const running = busy.filter(({ status }) => status === 'running').map(({ address }) => address);
  const waiting = busy.filter(({ status }) => status === 'waiting').map(describeWaiting);
  const egress = outbox.senders.filter((sender) => sender.waiting > 0).map((sender) => `${sender.egress.id} (${sender.waiting})`);
  const idle = partition.resting ? busy.filter(({ status }) => status === 'idle').map(({ address }) => address) : [];
  const why = partition.resting ? 'handling messages leads to as many others:' : `after ${deadlineMs} ms`;
  const parts = [
    `${why} ${messages} messages and ${outbox.records} egress records are left for the next start.`,
    ...(idle.length === 0 ? [] : [`Messages for: ${list(idle)}.`]),
    ...(running.length === 0 ? [] : [`Handlers that have not settled: ${list(running)}.`]),
    ...(waiting.length === 0 ? [] : [`Waiting for another attempt: ${list(waiting)}.`]),
    ...(egress.length === 0 ? [] : [`Egress with records left: ${list(egress)}.`]),
  ];
  const facts = { deadlineMs, messages, idle, running, waiting, egress };
  return new StatefunError(partition.resting ? 'MESSAGES_WITHOUT_END' : 'STOP_DEADLINE_PASSED', parts.join(' '), { facts });
}

function describeWaiting({ address, failure }: WaitingAddress): string {
  return failure === undefined ? address : `${address} (${failure.code}: ${failure.reason})`;
}

function list(names: readonly string[]): string {
  const rest = names.length > addressesMax ? ` and ${names.length - addressesMax} more` : '';
  return `${names.slice(0, addressesMax).join(', ')}${rest}`;
}
