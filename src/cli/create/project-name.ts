import { StatefunError } from '../../shared/errors.ts';

/** Longest package name of npm, in characters. */
const nameCharactersMax = 214;

/** The scope or the name of a package, by npm's rules for new packages. */
const part = '[a-z0-9~-][a-z0-9._~-]*';
const packageName = new RegExp(`^(?:@${part}/)?${part}$`);

/** Returns the name if npm accepts it. Throws CREATE_NAME_INVALID. `taken` are the packages that the project depends on. */
export function ensureProjectName(name: string, taken: readonly string[]): string {
  const problem = problemOf(name, taken);
  if (problem === undefined) return name;
  const suggestion = suggestionFor(name);
  const useful = suggestion !== name && problemOf(suggestion, taken) === undefined;
  throw new StatefunError('CREATE_NAME_INVALID', `"${name}" cannot be the name of a package: ${problem}.`, {
    facts: { name },
    ...(useful && { hint: `Give another one, such as --name ${suggestion}` }),
  });
}

function problemOf(name: string, taken: readonly string[]): string | undefined {
  if (name === '') return 'it is empty';
  if (name.length > nameCharactersMax) return `it has ${name.length} characters, and npm takes ${nameCharactersMax}`;
  if (taken.includes(name)) return 'the project needs a package of this name, and npm installs none in itself';
  if (name === 'node_modules' || name === 'favicon.ico') return 'npm keeps this name for itself';
  if (!packageName.test(name)) return 'npm takes lower-case letters, digits, "-", "_", "." and "~", not with "." or "_" first';
  return undefined;
}

/** Returns the name without everything that npm refuses. */
function suggestionFor(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '');
  return plain === '' ? 'my-application' : plain;
}
