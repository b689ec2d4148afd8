import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Configuration } from '../../src/configuration/configuration.ts';
import { loadConfiguration, type ConfigurationSources } from '../../src/configuration/load-configuration.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-configuration-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

const load = (sources: ConfigurationSources = {}): Promise<Configuration> => loadConfiguration({ folder, ...sources });
const said = ({ problems }: Configuration): readonly string[] => problems.map(({ code, summary, hint }) => `${code} ${summary} ${hint}`);

/** Nine levels of aliases of aliases: a few hundred bytes that stand for billions of values. */
function bomb(first: string, next: (name: string) => string): string {
  const levels = Array.from({ length: 9 }, (_, level) => `l${level + 1}: &l${level + 1} ${next(`l${level}`)}\n`);
  return `l0: &l0 ${first}\n${levels.join('')}`;
}

describe('sources', () => {
  it('answers with defaults where nobody says anything, and reads nothing without a folder', async () => {
    const configuration = await loadConfiguration({});

    expect(configuration.problems).toEqual([]);
    expect(configuration.get('stop.deadline')).toBe(30_000);
    expect(configuration.get('kinesis.ingress-stream')).toBeUndefined();
    expect(configuration.get('logging.levels')).toEqual({});
    expect(configuration.originOf('stop.deadline')).toBe('default');
    expect(configuration.isSet('stop.deadline')).toBe(false);
  });

  it('reads files that begin with a byte order mark', async () => {
    write({ 'application.yaml': '\ufeffstop:\n  deadline: 5s\n' });
    expect((await load()).get('stop.deadline')).toBe(5_000);
    write({ '.env': '\ufeffSTATEFUN_STOP__DEADLINE=7s\n' });
    expect((await load()).get('stop.deadline')).toBe(7_000);
  });

  it('takes the highest: code, file, profile, .env, environment, command line, options, overrides (CONFIGURATION-K1)', async () => {
    write({
      'application.yaml': 'kinesis:\n  stream: from-file\n',
      'application-local.yaml': 'kinesis.stream: from-profile\n',
      '.env': '# comment\nSTATEFUN_KINESIS__STREAM=from-env-file\n',
    });
    const steps: readonly [ConfigurationSources, string, string][] = [
      [{ folder: join(folder, '..'), code: { 'kinesis.stream': 'from-code' } }, 'from-code', 'code'],
      [{}, 'from-env-file', '.env:2'],
      [
        { environment: { STATEFUN_KINESIS__STREAM: 'from-environment' } },
        'from-environment',
        'environment variable STATEFUN_KINESIS__STREAM',
      ],
      [{ environment: { STATEFUN_KINESIS__STREAM: 'x' }, commandLine: ['kinesis.stream=from=line'] }, 'from=line', '--set kinesis.stream'],
      [{ commandLine: ['kinesis.stream=x'], options: { 'kinesis.stream': 'from-options' } }, 'from-options', 'options of the run'],
      [{ options: { 'kinesis.stream': 'x' }, overrides: { kinesis: { stream: 'from-test' } } }, 'from-test', 'overrides'],
    ];
    for (const [sources, value, origin] of steps) {
      const configuration = await load(sources);
      expect([configuration.get('kinesis.ingress-stream'), configuration.originOf('kinesis.ingress-stream')]).toEqual([value, origin]);
    }
    rmSync(join(folder, '.env'));
    expect((await load()).originOf('kinesis.stream'.replace('stream', 'ingress-stream'))).toBe('application.yaml:2');
    const local = await load({ environment: { STATEFUN_PROFILE: 'local' } });
    expect([local.get('kinesis.ingress-stream'), local.originOf('kinesis.ingress-stream')]).toEqual([
      'from-profile',
      'application-local.yaml:1',
    ]);
  });

  it('puts variables that programs share below the code, and the most specific of them first', async () => {
    const environment = { AWS_ENDPOINT: 'http://general:1', AWS_ENDPOINT_URL: 'http://aws:2', AWS_REGION: 'eu-west-1' };

    const configuration = await load({ environment, code: { 'kinesis.region': 'eu-central-1' } });

    expect(configuration.get('kinesis.endpoint')).toBe('http://aws:2');
    expect(configuration.get('kinesis.region')).toBe('eu-central-1');
    expect(configuration.connectorSettings()).toEqual({ values: {}, fallbacks: { 'kinesis.endpoint': 'http://aws:2' } });
  });

  it('knows the names of the Java example, below those of its own', async () => {
    const environment = {
      EVENTS_INGRESS_STREAM_DEFAULT: 'in',
      EVENTS_EGRESS_STREAM_DEFAULT: 'out',
      LOG_LEVEL: 'WARN',
      STATEFUN_STATE_FOLDER: '/var',
    };

    const configuration = await load({ environment });
    const both = await load({ environment: { ...environment, STATEFUN_KINESIS__STREAM: 'own' } });

    expect(configuration.get('kinesis.ingress-stream')).toBe('in');
    expect(configuration.get('kinesis.egress-stream')).toBe('out');
    expect(configuration.get('logging.level')).toBe('warn');
    expect(configuration.get('state.folder')).toBe('/var');
    expect(both.get('kinesis.ingress-stream')).toBe('own');
  });

  it('sets nothing by empty values', async () => {
    write({ 'application.yaml': 'kinesis:\n  stream:\n  region: ""\nlogging: {}\n' });

    const configuration = await load({
      environment: { STATEFUN_KINESIS__STREAM: ' ' },
      commandLine: ['kinesis.stream='],
      code: { 'kinesis.stream': 'code' },
    });

    expect(configuration.problems).toEqual([]);
    expect(configuration.get('kinesis.ingress-stream')).toBe('code');
  });

  it.each([
    'kinesis:\n  ingressStream: orders\n',
    'Kinesis:\n  ingress_stream: orders\n',
    'kinesis.ingress-stream: orders\n',
    'KINESIS:\n  INGRESS-STREAM: orders\n',
  ])('binds keys however they are written: %j', async (text) => {
    write({ 'application.yaml': text });

    expect((await load()).get('kinesis.ingress-stream')).toBe('orders');
  });

  it('keeps the names of a map as they are written', async () => {
    write({ 'application.yaml': 'logging:\n  levels:\n    functions:\n      shop/cart: debug\n    engine: warn\n' });

    const configuration = await load({ environment: { STATEFUN_LOGGING__LEVELS__ENGINE: 'error' } });

    expect(configuration.get('logging.levels')).toEqual({ 'functions.shop/cart': 'debug', engine: 'error' });
    expect(configuration.originOf('logging.levels.engine')).toBe('environment variable STATEFUN_LOGGING__LEVELS__ENGINE');
  });
});

describe('profiles', () => {
  it('lets later ones win, and changes defaults', async () => {
    write({
      'application.yaml': 'profile: [a, b]\n',
      'application-a.yaml': 'kinesis: { stream: a, region: r }\n',
      'application-b.yaml': 'kinesis: { stream: b }\n',
    });

    const configuration = await load();

    expect([configuration.profiles, configuration.get('kinesis.ingress-stream'), configuration.get('kinesis.region')]).toEqual([
      ['a', 'b'],
      'b',
      'r',
    ]);
  });

  it('refuses one that has no file, and names those that exist', async () => {
    write({ 'application-staging.yaml': '', 'application-local.yaml': '' });

    const configuration = await load({ environment: { STATEFUN_PROFILE: 'stagin,elsewhere' } });

    expect(said(configuration)).toEqual([
      'CONFIGURATION_PROFILE_UNKNOWN there is no profile "stagin": there are files for local, staging. Did you mean staging? Else add application-stagin.yaml.',
      'CONFIGURATION_PROFILE_UNKNOWN there is no profile "elsewhere": there are files for local, staging. Correct STATEFUN_PROFILE or --profile, or add application-<profile>.yaml.',
    ]);
  });

  it('refuses a profile that is set in the file of a profile', async () => {
    write({ 'application-local.yaml': 'profile: other\n' });

    expect(said(await load({ commandLine: ['profile=local'] }))).toEqual([
      expect.stringContaining('CONFIGURATION_VALUE_INVALID profile is set in the file of a profile (application-local.yaml:1).'),
    ]);
  });
});

describe('mistakes', () => {
  it('reports all of them at once, each with its origin', async () => {
    write({
      'application.yaml':
        'kinesis:\n  straem: a\n  poll-interval: soon\nengine:\n  dead-letters-max: -1\nlogging:\n  level: loud\nprices:\n  a: 1\n  b: 2\nstop: 5\n',
    });

    const configuration = await load({
      environment: { STATEFUN_KINESIS__REGOIN: 'x' },
      commandLine: ['kinesis.stream'],
      overrides: { 'unmatched-events': 3 },
    });

    expect(said(configuration)).toEqual([
      'CONFIGURATION_VALUE_INVALID the command line has a --set without key and value. Write --set key=value, such as --set kinesis.stream=orders.',
      'CONFIGURATION_KEY_UNKNOWN there is no setting kinesis.straem (application.yaml:2). Did you mean kinesis.stream?',
      expect.stringMatching(
        /^CONFIGURATION_KEY_UNKNOWN there is no setting prices \(application\.yaml:9\)\. .*configuration\(name, schema\)/,
      ),
      expect.stringMatching(
        /^CONFIGURATION_VALUE_INVALID stop \(application\.yaml:11\) is a section, not a setting\. Name one of its settings: stop\.deadline\./,
      ),
      'CONFIGURATION_KEY_UNKNOWN there is no setting kinesis.regoin (environment variable STATEFUN_KINESIS__REGOIN). Did you mean kinesis.region?',
      expect.stringContaining('unmatched-events is 3 (overrides), but must be dead-letter or count.'),
      expect.stringContaining('logging.level is "loud" (application.yaml:7), but must be debug, info, warn, error or silent.'),
      expect.stringContaining('engine.dead-letters-max is -1 (application.yaml:5), but must be a whole number of dead letters.'),
      expect.stringContaining(
        'kinesis.poll-interval is "soon" (application.yaml:3), but must be a length of time such as 250ms, 5s, 2m, 1h or 7d, or a number of milliseconds, at least 200ms.',
      ),
    ]);
    expect(configuration.get('kinesis.poll-interval')).toBe(250);
  });

  it.each([
    ['kinesis:\n  stream: "open\n', /^application\.yaml:\d+:\d+: /],
    ['a: 1\n b: 2\n', /^application\.yaml:1:4: Nested mappings/],
    ['a: 1\na: 2\n', /^application\.yaml:2:1: Map keys must be unique\.$/],
    ['- a\n- b\n', /^application\.yaml:1:1: a file of settings has keys at its first level\.$/],
    ['a: &a\n  b: *a\n', /^application\.yaml:\d+:\d+: /],
    ['a: &a [*a]\n', /^application\.yaml:1:1: values are nested more than 16 levels deep\.$/],
    ['a: *b\n', /^application\.yaml:1:4: no anchor has the name of the alias \*b\.$/],
    ['a:\n  - x: *b\n', /^application\.yaml:2:8: no anchor has the name of the alias \*b\.$/],
  ])('says line and column of YAML that does not parse: %j', async (text, pattern) => {
    write({ 'application.yaml': text });

    const [problem] = (await load()).problems;

    expect(problem?.code).toBe('CONFIGURATION_FILE_INVALID');
    expect(problem?.summary).toMatch(pattern);
  });

  it.each([
    ['lists', bomb('[x, x]', (name) => `[${`*${name}, `.repeat(10)}]`), /^application\.yaml:\d+:\d+: Excessive alias count/],
    [
      'maps',
      bomb('{a: x, b: x}', (name) => `{${Array.from({ length: 9 }, (_, key) => `k${key}: *${name}`).join(', ')}}`),
      /^application\.yaml:\d+:\d+: there are more than 10000 values\.$/,
    ],
  ])('refuses aliases that stand for billions of %s, and says nothing else', async (_what, text, pattern) => {
    write({ 'application.yaml': text });

    const { problems } = await load();

    expect(problems.map(({ code, summary }) => [code, summary])).toEqual([['CONFIGURATION_FILE_INVALID', expect.stringMatching(pattern)]]);
  });

  it('says that the folder cannot be read', async () => {
    expect(said(await load({ folder: join(folder, 'none') }))).toEqual([
      expect.stringMatching(/^CONFIGURATION_FILE_INVALID .*none cannot be read: ENOENT/),
    ]);
  });

  it('takes flat variables for those of others, unless only an underscore is missing', async () => {
    const configuration = await load({ environment: { STATEFUN_SERVICE_HOST: '10.0.0.1', STATEFUN_KINESIS_STREAM: 'orders' } });

    expect(said(configuration)).toEqual([expect.stringContaining('Levels are separated by two underscores: STATEFUN_KINESIS__STREAM.')]);
    expect(configuration.warnings.map(({ code }) => code)).toEqual(['CONFIGURATION_KEY_UNKNOWN']);
  });

  it('only warns of a LOG_LEVEL that means something to others', async () => {
    const configuration = await load({ environment: { LOG_LEVEL: 'trace' } });

    expect(configuration.problems).toEqual([]);
    expect(configuration.warnings.map(({ summary }) => summary)).toEqual([
      'logging.level is "trace" (environment variable LOG_LEVEL), but must be debug, info, warn, error or silent.',
    ]);
    expect(configuration.get('logging.level')).toBe('info');
  });

  it.each([
    [{ USE_ENHANCED_FANOUT: 'true', ENHANCED_FANOUT_NAME: 'mine' }, ['kinesis.enhanced-fan-out', 'kinesis.enhanced-fan-out-name']],
    [{ USE_ENHANCED_FANOUT: 'false', ENHANCED_FANOUT_NAME: 'mine', IS_LOCAL_DEV: 'false' }, []],
    [{ IS_LOCAL_DEV: 'true' }, ['kinesis.local-development']],
    [{}, []],
  ])('says what is asked for and not supported yet: %j', async (environment, keys) => {
    const { warnings, problems } = await load({ environment });

    expect(problems).toEqual([]);
    expect(warnings.map(({ code, facts }) => [code, facts['key']])).toEqual(keys.map((key) => ['CONFIGURATION_NOT_SUPPORTED', key]));
  });
});
