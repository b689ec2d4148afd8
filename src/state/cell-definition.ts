import { StatefunError } from '../shared/errors.ts';
import { cellLink, isCell, type CellKind, type CellOptions } from './cell.ts';
import { jsonType, type StateType } from './state-type.ts';

/** One cell of a function type. */
export interface CellDefinition {
  /** The property that holds the cell. Undefined for cells of the framework. */
  readonly property?: string | undefined;
  /** The name under which the state is stored. It has no "/". A leading "$" is reserved for the framework. */
  readonly name: string;
  readonly kind: CellKind;
  readonly type: StateType<unknown>;
}

const unsupportedOptions = ['expire', 'version', 'migrate'] as const satisfies readonly (keyof CellOptions<unknown>)[];

/** Matches names of cells. The name is part of the key of every entry, so it is short and has no "/". A leading "$" is reserved. */
const namePattern = /^[\p{L}_][\p{L}\p{N}_$-]{0,127}$/u;

/**
 * Reads the cells of a class from an instance created only for this. Throws STATE_CELL_MISSING, STATE_CELL_UNDECLARED, STATE_CELL_SHARED,
 * STATE_NAME_INVALID, STATE_NAME_CLASH or STATE_OPTION_UNSUPPORTED; `where` names the class in their texts.
 */
export function cellsOf(instance: object, properties: readonly string[], where: string): readonly CellDefinition[] {
  ensureDeclared(instance, properties, where);
  const definitions = properties.map((property) => definitionOf(instance, property, where));
  ensureDistinct(instance, properties, where);
  for (const [index, { name, property }] of definitions.entries()) {
    const other = definitions.slice(0, index).find((earlier) => earlier.name === name);
    if (other === undefined) continue;
    const summary = `"${other.property}" and "${property}" of ${where} are both kept under the name "${name}".`;
    throw new StatefunError('STATE_NAME_CLASH', summary, { facts: { name, where } });
  }
  return definitions;
}

function definitionOf(instance: object, property: string, where: string): CellDefinition {
  const cell: unknown = Reflect.get(instance, property);
  if (!isCell(cell)) throw cellMissing(property, where);
  const { kind, options } = cell[cellLink];
  const name = options.name ?? property;
  const facts = { cell: name, property, where };
  if (!namePattern.test(name)) {
    throw new StatefunError('STATE_NAME_INVALID', `"${name}" of ${where} cannot be the name of a cell.`, { facts });
  }
  for (const option of unsupportedOptions) {
    if (options[option] === undefined) continue;
    throw new StatefunError('STATE_OPTION_UNSUPPORTED', `cell "${name}" of ${where} uses "${option}", which is not supported yet.`, {
      facts,
    });
  }
  return { property, name, kind, type: options.type ?? jsonType() };
}

/** Reports cells without the decorator at the start; otherwise they would fail at their first use. */
function ensureDeclared(instance: object, properties: readonly string[], where: string): void {
  for (const [property, value] of Object.entries(instance)) {
    if (!isCell(value) || properties.includes(property)) continue;
    const summary = `"${property}" of ${where} holds a persisted ${value[cellLink].kind} but is not marked.`;
    throw new StatefunError('STATE_CELL_UNDECLARED', summary, { facts: { property, where } });
  }
}

function ensureDistinct(instance: object, properties: readonly string[], where: string): void {
  const cells = properties.map((property): unknown => Reflect.get(instance, property));
  for (const [index, cell] of cells.entries()) {
    const first = cells.indexOf(cell);
    if (first === index) continue;
    const summary = `"${properties[first]}" and "${properties[index]}" of ${where} hold the same persisted object.`;
    throw new StatefunError('STATE_CELL_SHARED', summary, { facts: { where } });
  }
}

export function cellMissing(property: string, where: string): StatefunError {
  const summary = `"${property}" of ${where} is marked as persisted but holds no PersistedValue, PersistedTable or PersistedList.`;
  return new StatefunError('STATE_CELL_MISSING', summary, { facts: { property, where } });
}
