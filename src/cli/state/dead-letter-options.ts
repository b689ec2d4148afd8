import type { Command } from 'commander';
import { parseTime, type DeadLetterFilter } from '../../state-tools/dead-letter-filter.ts';

/** Options of a command that selects dead letters. */
export interface DeadLetterFilterOptions {
  readonly code?: string;
  readonly type?: string;
  readonly eventType?: string;
  readonly since?: string;
  readonly until?: string;
}

/** Adds the options that select dead letters. A dead letter must match all given options. */
export function withFilterOptions(command: Command): Command {
  return command
    .option('--code <code>', 'those with this error code or error class')
    .option('--type <type>', 'messages for this function type, egress records for this egress')
    .option('--event-type <type>', 'those whose event has this type')
    .option('--since <time>', 'given up at this time or later: 2026-11-28T04:00:00Z, or 2h for two hours ago')
    .option('--until <time>', 'given up before this time');
}

/** Converts the options to a filter. Throws INVALID_TIME. */
export function toFilter({ code, type, eventType, since, until }: DeadLetterFilterOptions): DeadLetterFilter {
  const nowMs = Date.now();
  return {
    ...(code === undefined ? {} : { code }),
    ...(type === undefined ? {} : { type }),
    ...(eventType === undefined ? {} : { eventType }),
    ...(since === undefined ? {} : { sinceMs: parseTime(since, nowMs) }),
    ...(until === undefined ? {} : { untilMs: parseTime(until, nowMs) }),
  };
}
