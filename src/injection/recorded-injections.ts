import { ClassElementMetadataKind, type ClassMetadata } from '@inversifyjs/core';
import { readOwnMetadata, type ClassOf } from '../shared/metadata.ts';

/** Metadata of `@inject`, `@named` and `@optional` for one parameter or property. */
export interface Injection {
  /** `token`: it has a token. `unknown`: it has only `@named` or `@optional`. `unmanaged`: it is not injected. */
  readonly kind: 'token' | 'unknown' | 'unmanaged';
  readonly token: unknown;
  readonly named: string | undefined;
  readonly optional: boolean;
}

export interface OwnInjections {
  /** Parameters by index. Undefined for those without decorators. */
  readonly parameters: readonly (Injection | undefined)[];
  readonly properties: ReadonlyMap<string | symbol, Injection>;
}

/** Metadata key under which TypeScript and SWC emit the types of constructor parameters. */
export const parameterTypesKey = 'design:paramtypes';
/** Metadata keys of Inversify for injections of a class, and for `@injectable()`. */
const inversifyMetadataKey = '@inversifyjs/core/classMetadataReflectKey';
const injectableFlagKey = '@inversifyjs/core/classIsInjectableFlagReflectKey';

/** Types that compilers emit for anything but classes. */
const builtInTypes: readonly unknown[] = [undefined, null, Array, BigInt, Boolean, Function, Number, Object, String];

/** Reads the injections of the class itself, without its bases. */
export function ownInjections(madeClass: ClassOf): OwnInjections {
  const metadata = readOwnMetadata<ClassMetadata>(madeClass, inversifyMetadataKey);
  const properties = new Map<string | symbol, Injection>();
  for (const [property, element] of metadata?.properties ?? []) properties.set(property, injectionOf(element));
  const types = readOwnMetadata<readonly unknown[]>(madeClass, parameterTypesKey);
  // The list has holes, and includes the emitted types that `@injectable()` reads.
  const parameters = Array.from(metadata?.constructorArguments ?? [], (element: unknown, index) => {
    const injection = element === undefined ? undefined : injectionOf(element);
    return types !== undefined && injection !== undefined && isOnlyTyped(injection, types[index]) ? undefined : injection;
  });
  return { parameters, properties };
}

/** Returns whether the emitted type of a parameter can be a token. */
export function isInjectableType(type: unknown): boolean {
  return !builtInTypes.includes(type);
}

/** Returns whether the class has `@injectable()`. */
export function isMarkedInjectable(madeClass: ClassOf): boolean {
  return readOwnMetadata(madeClass, injectableFlagKey) !== undefined;
}

function isOnlyTyped({ kind, token, named, optional }: Injection, type: unknown): boolean {
  return kind === 'token' && token === type && named === undefined && !optional;
}

const kinds: ReadonlyMap<number, Injection['kind']> = new Map([
  [ClassElementMetadataKind.singleInjection, 'token'],
  [ClassElementMetadataKind.multipleInjection, 'token'],
  [ClassElementMetadataKind.unmanaged, 'unmanaged'],
]);

/** Before a token is set, Inversify stores an element of a kind that its types do not include. */
function injectionOf(element: unknown): Injection {
  const { kind, value, name, optional } = element as {
    readonly kind: number;
    readonly value?: unknown;
    readonly name?: string | symbol;
    readonly optional?: boolean;
  };
  return {
    kind: kinds.get(kind) ?? 'unknown',
    token: value,
    named: name === undefined ? undefined : String(name),
    optional: optional ?? false,
  };
}
