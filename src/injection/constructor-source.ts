import type { ClassOf } from '../shared/metadata.ts';

/** What the source of a class says about its constructor. */
export interface ConstructorSource {
  /** Names of the parameters; undefined where a name cannot be read. */
  readonly parameters: readonly (string | undefined)[];
  /** It takes whatever it is given, as compilers write it for a class that only has fields: `constructor(...args) { super(...args) }`. */
  readonly passesOn: boolean;
}

/** Comments and texts, whose braces and words mean nothing. */
const meaningless = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;

const constructorOrBrace = /[{}]|(?<![\w$.#])constructor\s*\(/g;

/** The constructor that stands in this very class; undefined where it leaves it to its base class. */
export function constructorSource(madeClass: ClassOf): ConstructorSource | undefined {
  const source = String(madeClass).replace(meaningless, '');
  if (/^function\b/.test(source)) return functionSource(source);
  let depth = 0;
  for (const { 0: found, index } of source.matchAll(constructorOrBrace)) {
    if (found === '{') depth += 1;
    else if (found === '}') depth -= 1;
    // Deeper ones belong to classes inside of methods.
    else if (depth === 1) return parse(source.slice(index));
  }
  return undefined;
}

function parse(source: string): ConstructorSource {
  const list = /^\w+\s*\(([^()]*)\)/.exec(source)?.[1] ?? '';
  const parameters = list.split(',').map((text) => /^[\s.]*([\w$]+)/.exec(text)?.[1]);
  const rest = /^\s*\.\.\./.test(list);
  return { parameters, passesOn: rest || (list.trim() === '' && /^[^{]*\{\s*super\(\s*\.\.\.arguments\s*\)/.test(source)) };
}

/** Classes that were compiled to functions. */
function functionSource(source: string): ConstructorSource {
  const list = /\(([^()]*)\)/.exec(source)?.[1] ?? '';
  const parameters = list.split(',').map((text) => /^[\s.]*([\w$]+)/.exec(text)?.[1]);
  return { parameters, passesOn: /\.apply\(this,\s*arguments\)|\[native code\]/.test(source) };
}
