import { isFunctionType, type Address } from '../../shared/address.ts';
import { ExpectationData } from './expectation-data.ts';
import { ExpectationError } from './expectation-error.ts';
import { findMismatch, isAbsent } from './match.ts';

const lineType = 'test.expect-state';

/** The state of one address, by cell name; see `TestApplication.state`. */
export type StateSnapshot = Readonly<Record<string, unknown>>;

/** The data of a `test.expect-state` line. */
export interface StateExpectation {
  readonly place: string;
  /** The address. @defaultValue the address under test, if there is only one */
  readonly address: Address | undefined;
  /** The pattern by cell name, or `{ $absent: true }` for no state. */
  readonly pattern: unknown;
}

/** Parses the data of a `test.expect-state` line. Throws FIXTURE_INVALID. */
export function parseStateExpectation(data: unknown, place: string): StateExpectation {
  const fields = new ExpectationData(lineType, data, ['function', 'id', 'state'], place);
  const type = fields.text('function');
  const id = fields.text('id');
  if ((type === undefined) !== (id === undefined))
    throw fields.invalid('has only one of function and id', 'An address is both: a function type and an id.');
  if (type !== undefined && !isFunctionType(type)) throw fields.invalid(`has function = "${type}", which is not namespace/name`);
  const pattern = fields.get('state');
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) {
    throw fields.invalid('has no object state', 'Give the expected cells by name, or { "$absent": true } for no state at all.');
  }
  return { place, address: type === undefined || id === undefined ? undefined : { type, id }, pattern };
}

/** Throws EXPECTATION_FAILED unless the state is as expected. */
export function checkState({ pattern, place }: StateExpectation, address: Address, snapshot: StateSnapshot): void {
  const actual = isAbsent(pattern) && Object.keys(snapshot).length === 0 ? undefined : snapshot;
  const mismatch = findMismatch(actual, pattern, '');
  if (mismatch === undefined) return;
  const where = mismatch.path === '' ? 'the state' : mismatch.path;
  throw new ExpectationError(lineType, place, `${where} of ${address.type}/${address.id} ${mismatch.text}`, {
    expected: pattern,
    actual: snapshot,
  });
}
