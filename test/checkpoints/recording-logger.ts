import type { LogFields, Logger } from '../../src/shared/logger.ts';

export interface LogLine {
  readonly severity: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
  readonly fields: LogFields;
}

/** Adds every line to a list. */
export function recordingLogger(lines: LogLine[]): Logger {
  const log =
    (severity: LogLine['severity']) =>
    (text: string, fields: LogFields = {}): void =>
      void lines.push({ severity, text, fields });
  const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error'), child: () => logger };
  return logger;
}
