import { StatefunError, toError } from '../../shared/errors.ts';
import { circleAction, circleBehind, isUseBeforeDeclaration } from './import-circle.ts';

/** Creates the error for a file that could not be imported. `fallback` is the advice when the cause suggests none. */
export function importFailure(
  code: 'SCAN_IMPORT_FAILED' | 'APPLICATION_ENTRY_FAILED',
  file: string,
  cause: unknown,
  fallback?: string,
): StatefunError {
  const circle = isUseBeforeDeclaration(cause) ? circleBehind(cause, file) : undefined;
  const hint = circle === undefined ? fallback : circleAction(circle);
  const where = code === 'SCAN_IMPORT_FAILED' ? { file } : { entry: file };
  return new StatefunError(code, `${file} could not be imported: ${toError(cause).message}`, {
    facts: { ...where, ...(circle === undefined ? {} : { circle }) },
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}
