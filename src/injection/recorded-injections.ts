import { ClassElementMetadataKind, type ClassMetadata } from '@inversifyjs/core';
import { readOwnMetadata, type ClassOf } from '../shared/metadata.ts';

/** What `@inject` and friends recorded for one parameter or property. */
export interface Injection {
  /** `token`: something names it; `unknown`: only `@named` or `@optional` stand there; `unmanaged`: it is left alone. */
  readonly kind: 'token' | 'unknown' | 'unmanaged';
  readonly token: unknown;
  readonly named: string | undefined;
  readonly optional: boolean;
}

export interface OwnInjections {
  /** By index, undefined where nobody wrote more than a type. */
  readonly parameters: readonly (Injection | undefined)[];
  readonly properties: ReadonlyMap<string | symbol, Injection>;
}

/** Where TypeScript and SWC leave the types of a constructor's parameters. */
export const parameterTypesKey = 'design:paramtypes';
/** Where inversify leaves what `@inject` and friends recorded on a class, and that it has `@injectable()`. */
const inversifyMetadataKey = '@inversifyjs/core/classMetadataReflectKey';
const injectableFlagKey = '@inversifyjs/core/classIsInjectableFlagReflectKey';

/** What compilers emit for types that are no classes of anyone. */
const builtInTypes: readonly unknown[] = [undefined, null, Array, BigInt, Boolean, Function, Number, Object, String];

/** What stands on this very class; base classes are left to the caller. */
export function ownInjections(madeClass: ClassOf): OwnInjections {
  const metadata = readOwnMetadata<ClassMetadata>(madeClass, inversifyMetadataKey);
  const properties = new Map<string | symbol, Injection>();
  for (const [property, element] of metadata?.properties ?? []) properties.set(property, injectionOf(element));
  const types = readOwnMetadata<readonly unknown[]>(madeClass, parameterTypesKey);
  // The list has holes, and what `@injectable()` takes from the emitted types is in it too.
  const parameters = Array.from(metadata?.constructorArguments ?? [], (element: unknown, index) => {
    const injection = element === undefined ? undefined : injectionOf(element);
    return types !== undefined && injection !== undefined && isOnlyTyped(injection, types[index]) ? undefined : injection;
  });
  return { parameters, properties };
}

/** Whether the emitted type of a parameter says what to inject. */
export function isInjectableType(type: unknown): boolean {
  return !builtInTypes.includes(type);
}

/** Whether the class has `@injectable()`. */
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

/** Until a token is named, inversify keeps an element of a kind that its types do not show. */
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
