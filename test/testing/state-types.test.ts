import { describe, expect, it } from '@jest/globals';
import { EnvelopeMessage } from '../../src/envelope/generated/envelope-message.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import {
  booleanType,
  bytesType,
  customType,
  float32Type,
  float64Type,
  int32Type,
  int64Type,
  jsonType,
  protobufType,
  stringType,
  type StateType,
} from '../../src/state/state-type.ts';
import type { Fixture } from '../../src/testing/fixtures/fixture.ts';
import { testFunction } from '../../src/testing/test-function.ts';

interface TypeCase {
  readonly name: string;
  readonly type: StateType<unknown>;
  readonly value: unknown;
  /** As docs/testing.md says it is written: one text of JSON each. */
  readonly written: readonly string[];
  readonly wrong: readonly string[];
}

function typeCase<T>(name: string, type: StateType<T>, value: T, written: readonly string[], wrong: readonly string[]): TypeCase {
  // Safe: the value is of the type, which only the cell sees.
  return { name, type: type, value, written, wrong };
}

const message = { payload: 'p', value: Uint8Array.of(1, 2) };
const dateType = customType<Date>({
  name: 'date',
  encode: (date) => date.toISOString(),
  decode: (bytes) => new Date(Buffer.from(bytes).toString()),
});
const cases: readonly TypeCase[] = [
  typeCase('json', jsonType(), { a: [1, null, 'x'] }, ['{"a":[1,null,"x"]}', '{"$exactly":{"a":[1,null,"x"]}}'], ['{"a":[1]}']),
  typeCase('string', stringType(), '1000', ['"1000"'], ['1000', '"1001"']),
  typeCase('int32', int32Type(), 1000, ['1000'], ['1001', '"1000"']),
  typeCase('int64', int64Type(), 1000n, ['1000', '"1000"', '{"$exactly":"1000"}'], ['1001', '"1001"', '"01000"', '"1000n"', '1000.5']),
  typeCase('large int64', int64Type(), 1524831183200260097n, ['"1524831183200260097"'], ['1524831183200260097', '"1524831183200260000"']),
  typeCase('negative int64', int64Type(), -1n, ['-1', '"-1"'], ['1']),
  typeCase('float32', float32Type(), 0.1, ['0.10000000149011612'], ['0.1']),
  typeCase('float64', float64Type(), 0.1, ['0.1'], ['0.10000000149011612']),
  typeCase('NaN', float64Type(), Number.NaN, ['"NaN"'], ['"Infinity"', 'null', '0']),
  typeCase('infinity', float64Type(), -Infinity, ['"-Infinity"'], ['"Infinity"']),
  typeCase('boolean', booleanType(), false, ['false'], ['true', '"false"', '0']),
  typeCase(
    'bytes',
    bytesType(),
    Uint8Array.of(1, 2),
    ['{"$base64":"AQI="}'],
    ['{"$base64":"AQM="}', '{"$base64":"AQI"}', '"AQI="', '[1,2]', '{"0":1}'],
  ),
  typeCase('no bytes', bytesType(), new Uint8Array(), ['{"$base64":""}'], ['{"$base64":"AA=="}']),
  typeCase('protobuf', protobufType(EnvelopeMessage), message, ['{"payload":"p","value":{"$base64":"AQI="}}'], ['{"payload":"q"}']),
  typeCase('custom', dateType, new Date(0), ['"1970-01-01T00:00:00.000Z"'], ['"1970-01-01T00:00:00.001Z"', '0']),
];

function keeping({ type, value }: TypeCase): new () => object {
  @StatefunFunction('test/keeper')
  class Keeper {
    @Persisted() private readonly value = PersistedValue.of({ type });
    @Persisted() private readonly table = PersistedTable.of({ type });
    @Persisted() private readonly list = PersistedList.of({ type });

    @Handles('keep')
    onKeep(): void {
      this.value.set(value);
      this.table.set('key', value);
      this.list.append(value);
    }
  }
  return Keeper;
}

const fixtureOf = (...lines: readonly string[]): Fixture => {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield* await Promise.resolve(lines.map((line) => Buffer.from(`${line}\n`)));
  }
  return { name: 'types.jsonl', bytes: bytes() };
};
const keep = '{"specversion":"1.0","id":"1","source":"/t","type":"keep"}';
const expectation = (text: string): string =>
  `{"type":"test.expect-state","data":{"state":{"value":${text},"table":{"key":${text}},"list":[${text}]}}}`;

describe.each(cases)('a cell of type $name in a fixture', (one) => {
  it('is written as the documents say', async () => {
    const keeper = await testFunction(keeping(one));
    await keeper.play(fixtureOf(keep, ...one.written.map(expectation)));
    await keeper.stop();
  });

  it.each(one.wrong)('is not %s', async (text) => {
    const keeper = await testFunction(keeping(one));
    await expect(keeper.play(fixtureOf(keep, expectation(text)))).rejects.toMatchObject({ code: 'EXPECTATION_FAILED' });
    await keeper.stop();
  });

  it('is shown as it is written, so that it can be copied into the fixture', async () => {
    const keeper = await testFunction(keeping(one));
    const failure: unknown = await keeper.play(fixtureOf(keep, expectation('{"$absent":true}'))).catch((error: unknown) => error);
    const shown = /Actual: {3}\{"value":(.*),"table":/.exec((failure as Error).message)?.[1];
    expect(shown).toBeDefined();
    await keeper.play(fixtureOf(expectation(shown ?? 'null')));
    await keeper.stop();
  });
});
