import { StatefunError, toError } from '../../shared/errors.ts';
import { circleAction, circleBehind, isUseBeforeDeclaration } from './import-circle.ts';

/** The error for a file of an application that could not be imported; `fallback` is what to do where nothing better is known. */
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
