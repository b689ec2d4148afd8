import { describe, expect, it } from '@jest/globals';
import { assembleApplication } from '../../../src/application/assemble.ts';
import { defineApplication } from '../../../src/application/definition.ts';
import { PostConstruct } from '../../../src/injection/lifecycle.ts';
import { wiringLines } from '../../../src/application/wiring/wiring-text.ts';
import { wiringMermaid } from '../../../src/application/wiring/wiring-mermaid.ts';
import type { Wiring } from '../../../src/application/wiring/wiring.ts';
import { memoryEgress } from '../../../src/connectors/memory/memory-egress.ts';
import { memoryIngress } from '../../../src/connectors/memory/memory-ingress.ts';
import { forwardTo } from '../../../src/forwarders/forward-to.ts';
import { Forwarder } from '../../../src/forwarders/forwarder-decorator.ts';
import { Handles, OnSubscribe, StatefunFunction } from '../../../src/functions/decorators.ts';
import { Persisted } from '../../../src/state/persisted.ts';
import { PersistedTable } from '../../../src/state/persisted-table.ts';
import { StatefunError } from '../../../src/shared/errors.ts';
import { Reading, reading, ReadingEvents, TotalFunction } from '../classes.ts';

/** Writes down when it is made or started. */
const touched: string[] = [];
class Database {
  constructor() {
    touched.push('made');
  }
  @PostConstruct() connect(): void {
    touched.push('connected');
  }
  tables(): readonly string[] {
    return ['a'];
  }
}

@StatefunFunction('test/stored')
class StoredFunction {
  static readonly inject = [Database];
  @Persisted() private readonly rows = PersistedTable.of<number>();
  readonly tables: readonly string[];
  constructor(database: Database) {
    this.tables = [...database.tables()];
  }
  @Handles('b.c') onOne(): void {}
  @Handles('a.b') onOther(): void {}
  @Handles() onAny(): void {}
  @OnSubscribe() current(): undefined {
    void this.rows;
  }
}

@StatefunFunction('test/strict')
class StrictFunction {
  static readonly inject = [Database];
  constructor(database: Database) {
    if (!(database instanceof Database)) throw new TypeError('no database');
  }
  @Handles('a.b') onAny(): void {}
}

@StatefunFunction('test/two')
class HandlesTwo {
  @Handles('a.b') onOne(): void {}
  @Handles('b.c') onOther(): void {}
}

const application = defineApplication({
  name: 'wired',
  functions: [StoredFunction, StrictFunction, TotalFunction],
  forwarders: [ReadingEvents],
  providers: [Database, { provide: 'x', useFactory: () => touched.push('factory') }],
  ingress: [
    memoryIngress({ id: 'records' }),
    {
      id: 'own',
      description: 'a format of its own',
      format: () => reading('1', 'm1', 1),
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    },
  ],
  egress: [memoryEgress('test/out')],
});

describe('the wiring of an application', () => {
  it('shows every event type of a forwarder, and each function they are probably for once', async () => {
    @Forwarder(['a.b', Reading, 'b.c', 'nobody.takes-it'])
    class Several {
      forward(): void {}
    }
    const { wiring } = await assembleApplication(
      defineApplication({ name: 'several', functions: [HandlesTwo, TotalFunction], forwarders: [Several] }),
    );

    expect(wiring.forwarders).toEqual([{ name: 'Several', eventTypes: ['a.b', 'meter.reading', 'b.c', 'nobody.takes-it'] }]);
    expect(wiringLines(wiring)[1]).toMatch(
      /Several +a\.b, handled by test\/two; meter\.reading, handled by meter\/total; b\.c, handled by test\/two; nobody\.takes-it, which no function handles$/,
    );
    const mermaid = wiringMermaid(wiring).split('\n');
    expect(mermaid).toContain('    forwarder0["Several<br/>a.b<br/>meter.reading<br/>b.c<br/>nobody.takes-it"]');
    expect(mermaid.filter((line) => line.includes('forwarder0 -.->'))).toEqual([
      '  forwarder0 -.-> function1',
      '  forwarder0 -.-> function0',
    ]);
  });

  it('shows the function that a value of forwardTo declares, and no other that handles the event type', async () => {
    const toAlarm = forwardTo(HandlesTwo, Reading, () => 'all', { name: 'Alarms' });
    const { wiring } = await assembleApplication(defineApplication({ functions: [HandlesTwo, TotalFunction], forwarders: [toAlarm] }));

    expect(wiring.forwarders).toEqual([{ name: 'Alarms', eventTypes: ['meter.reading'], target: 'test/two' }]);
    expect(wiringLines(wiring)[1]).toMatch(/Alarms +meter\.reading, sent to test\/two$/);
    expect(
      wiringMermaid(wiring)
        .split('\n')
        .filter((line) => line.includes('forwarder0 -.->')),
    ).toEqual(['  forwarder0 -.-> function1']);
  });

  it('says what is declared, and a dry run makes no provider for it', async () => {
    touched.length = 0;

    const { wiring } = await assembleApplication(application, { dryRun: true });

    expect(touched).toEqual([]);
    expect(wiring).toEqual({
      application: 'wired',
      ingress: [
        { id: 'records', description: 'records fed by the program', format: 'cloudevent' },
        { id: 'own', description: 'a format of its own', format: 'custom' },
      ],
      forwarders: [{ name: 'ReadingEvents', eventTypes: ['meter.reading'] }],
      functions: [
        {
          type: 'meter/total',
          className: 'TotalFunction',
          handles: ['meter.reading'],
          catchAll: false,
          onSubscribe: false,
          state: [{ name: 'total', kind: 'value' }],
        },
        {
          type: 'test/stored',
          className: 'StoredFunction',
          handles: ['a.b', 'b.c'],
          catchAll: true,
          onSubscribe: true,
          state: [{ name: 'rows', kind: 'table' }],
        },
        { type: 'test/strict', className: 'StrictFunction', handles: ['a.b'], catchAll: false, onSubscribe: false, state: undefined },
      ],
      remote: [],
      egress: [{ id: 'test/out', description: 'memory of the program', format: 'cloudevent' }],
    });
  });

  it('finds mistakes of a dry run as a start does, those of constructors that want more than stand-ins excepted', async () => {
    @StatefunFunction('test/throwing')
    class ThrowingFunction {
      constructor() {
        throw new Error('no licence');
      }
      @Handles() onAny(): void {}
    }
    const broken = defineApplication({ ...application.options, functions: [StrictFunction, ThrowingFunction, class Plain {}] });

    const failure: unknown = await assembleApplication(broken, { dryRun: true }).catch((error: unknown) => error);

    if (!StatefunError.is(failure)) throw new Error('it was assembled');
    expect((failure.facts['problems'] as readonly StatefunError[]).map(({ code }) => code)).toEqual([
      'PROVIDER_FAILED',
      'NOT_A_FUNCTION_CLASS',
    ]);
  });
});

describe('the wiring as a Mermaid flowchart', () => {
  const empty: Wiring = { application: 'a', ingress: [], forwarders: [], functions: [], remote: [], egress: [] };

  it('is made of subgraphs, nodes with quoted labels, and arrows between what there is', async () => {
    const { wiring } = await assembleApplication(application, { dryRun: true });

    const lines = wiringMermaid(wiring).trimEnd().split('\n');

    // The grammar of what is used of https://mermaid.js.org/syntax/flowchart.html.
    const node = /^ {4}\w+(?:\["[^"]+"\]|\(\["[^"]+"\]\)|\[\/"[^"]+"\/\])$/;
    const line = new RegExp(`^(?:flowchart LR| {2}subgraph \\w+| {2}end| {2}\\w+ (?:-->|-\\.->) \\w+|${node.source.slice(1, -1)})$`);
    expect(lines.filter((text) => !line.test(text))).toEqual([]);
    const declared = lines.flatMap((text) => /^ {4}(\w+)|subgraph (\w+)/.exec(text)?.slice(1).filter(Boolean) ?? []);
    const used = lines.flatMap((text) => /^ {2}(\w+) (?:-->|-\.->) (\w+)$/.exec(text)?.slice(1) ?? []);
    expect(used.filter((id) => !declared.includes(id))).toEqual([]);
    expect(lines.filter((text) => text.includes('>')).filter((text) => /-->|-\.->/.test(text))).toEqual([
      '  ingress0 --> forwarders',
      '  ingress1 --> forwarders',
      '  forwarder0 -.-> function0',
      '  functions -.-> egress',
    ]);
  });

  it('escapes what would end a label or be read as markup', () => {
    const chart = wiringMermaid({ ...empty, ingress: [{ id: 'a "b" #1', description: '<x> & y\nz', format: 'cloudevent' }] });

    expect(chart).toContain('ingress0[/"a #quot;b#quot; #35;1<br/>#lt;x#gt; #amp; y z"/]');
  });

  it('is a chart also where there is nothing', () => {
    expect(wiringMermaid(empty)).toBe('flowchart LR\n');
  });
});
