import { toError, StatefunError } from '../../shared/errors.ts';
import { isUseBeforeDeclaration } from '../components/import-circle.ts';
import { explaining, filePlace, textFact, textsFact, type Explain } from './explaining.ts';

const importing: Explain = (error) => {
  const where = textFact(error, 'file') ?? textFact(error, 'entry');
  const { cause } = error;
  const circle = textsFact(error, 'circle');
  if (circle.length > 0) return { what: toError(cause).message, where: circle.map(filePlace).join(' → '), action: error.hint };
  const explained = StatefunError.is(cause) ? { what: `${cause.summary}`, action: cause.hint } : explainImport(cause);
  return { ...explained, ...(where === undefined ? {} : { where: filePlace(where) }) };
};

/** Explains failures to import files of the application. */
export const loadingFailures = explaining({ APPLICATION_ENTRY_FAILED: importing, SCAN_IMPORT_FAILED: importing });

function explainImport(cause: unknown): { readonly what?: string; readonly action?: string } {
  const { name, message, code } = toError(cause) as Error & { readonly code?: unknown };
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return { what: message, action: missingModuleAction(message) };
  if (isUseBeforeDeclaration(cause)) {
    const action =
      'Two files import each other, or a name is used above the line that declares it: move what both need into a separate file, which imports neither.';
    return { what: message, action };
  }
  const isTypeScript = code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' || /\.[cm]?tsx?\b/.test(message);
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && !isTypeScript) {
    return { what: message, action: 'Name the built JavaScript that exports the application, or its folder.' };
  }
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' || code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    return { what: message, action: 'Node cannot run this TypeScript as it is: run npm run build, and start the built JavaScript.' };
  }
  if (name !== 'SyntaxError') return { action: 'Correct the cause of this error; LOG_LEVEL=debug shows the stack.' };
  const exported = /does not provide an export named '?([^']+)'?/.exec(message)?.[1];
  if (exported !== undefined) {
    return { what: message, action: `Check the spelling of ${exported}, and that the build is newer than the source: npm run build.` };
  }
  return {
    what: `the file is not JavaScript that Node can read: ${message}`,
    action:
      'A decorator (@) that was not compiled looks like this: set experimentalDecorators and emitDecoratorMetadata in tsconfig.json, and run npm run build.',
  };
}

function missingModuleAction(message: string): string {
  const name = /Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1];
  if (name === undefined) return 'Check the paths of its imports.';
  const isFile = name.startsWith('.') || name.startsWith('/') || /^[A-Za-z]:[\\/]/.test(name);
  return isFile ? `Check the path; the build may be older than the source: npm run build.` : `Run: npm install ${name}`;
}
