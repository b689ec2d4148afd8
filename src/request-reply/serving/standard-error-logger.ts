import { toIsoTime } from '../../shared/time/iso-time.ts';
import type { LogFields, Logger, LogSeverity } from '../../shared/logger.ts';
import { toError } from '../../shared/errors.ts';
import { printable } from '../../shared/text/printable.ts';
import { standardError } from '../../shared/standard-streams.ts';

/**
 * Creates the default logger of a server of functions. It writes warnings and errors to standard error, one line each, with the cause of an
 * error below: the runtime would repeat a failure that nobody sees until the job fails.
 */
export function standardErrorLogger(fields: LogFields = {}): Logger {
  const write = (severity: LogSeverity, text: string, more: LogFields = {}): void => {
    const { error, ...rest } = { ...fields, ...more };
    const facts = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`;
    const reason = error === undefined ? '' : `\n${indented(toError(error))}`;
    standardError.write(printable(`${toIsoTime(Date.now())} ${severity} ${text.replaceAll('\n', '\n  ')}${facts}${reason}\n`));
  };
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (text, more) => write('warn', text, more),
    error: (text, more) => write('error', text, more),
    child: (more) => standardErrorLogger({ ...fields, ...more }),
    isEnabled: (severity) => severity === 'warn' || severity === 'error',
  };
}

function indented(error: Error): string {
  const cause = error.cause === undefined ? '' : `\n  caused by: ${toError(error.cause).stack ?? ''}`;
  return `  ${error.message}${cause}`.replaceAll('\n', '\n  ');
}
