import type { ClassOf } from '../shared/metadata.ts';

/** The constructor in the source of a class. */
export interface ConstructorSource {
  /** Names of the parameters, or undefined for names that cannot be read. */
  readonly parameters: readonly (string | undefined)[];
  /** Whether it passes all arguments on: `constructor(...args) { super(...args) }`. Compilers write it for a class that only has fields. */
  readonly passesOn: boolean;
}

/** Matches comments and texts, whose braces and words are ignored. */
const meaningless = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;

const constructorOrBrace = /[{}]|(?<![\w$.#])constructor\s*\(/g;

/** Reads the constructor of the class itself, or undefined when it inherits the one of its base class. */
export function constructorSource(madeClass: ClassOf): ConstructorSource | undefined {
  const source = String(madeClass).replace(meaningless, '');
  if (/^function\b/.test(source)) return functionSource(source);
  let depth = 0;
  for (const { 0: found, index } of source.matchAll(constructorOrBrace)) {
    if (found === '{') depth += 1;
    else if (found === '}') depth -= 1;
    // Deeper constructors belong to classes inside methods.
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

/** Reads the constructor of a class that was compiled to a function. */
function functionSource(source: string): ConstructorSource {
  const list = /\(([^()]*)\)/.exec(source)?.[1] ?? '';
  const parameters = list.split(',').map((text) => /^[\s.]*([\w$]+)/.exec(text)?.[1]);
  return { parameters, passesOn: /\.apply\(this,\s*arguments\)|\[native code\]/.test(source) };
}
