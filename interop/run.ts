/*
 * Proves against the real thing that the framework speaks StateFun's protocol: official SDKs, and the real runtime on Flink.
 *
 *   npm run test:interop -- [pair ...] [--short] [--seed S]      without a pair: all of them
 *
 * What a pair needs is downloaded into ignored folders; what cannot be had is skipped with one line, what went wrong fails.
 */
import { parseArgs } from 'node:util';
import { pairs } from './pairs.ts';
import { Skipped, type Pair, type RunOptions } from './runner/outcome.ts';
import { killAll, killAllWhenStopped } from './runner/processes.ts';
import { formatReport, type Result, type Row } from './runner/report.ts';

interface Options extends RunOptions {
  readonly wanted: readonly Pair[];
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { short: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } },
  });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed is an integer, not "${values.seed}"`);
  const names = pairs.map(({ name }) => name);
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`there is no pair "${unknown}"; there are: ${names.join(', ')}`);
  const wanted = pairs.filter(({ name, onlyInFull = false }) =>
    positionals.length > 0 ? positionals.includes(name) : !(values.short && onlyInFull),
  );
  return { wanted, short: values.short, seed };
}

async function runPair(pair: Pair, options: RunOptions): Promise<Result> {
  try {
    return { kind: 'passed', ...(await pair.run(options)) };
  } catch (error) {
    if (error instanceof Skipped) return { kind: 'skipped', what: error.message };
    return { kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    killAll();
  }
}

async function main(): Promise<number> {
  killAllWhenStopped();
  // What the engine has to say while all is well would only be in the way.
  process.env['LOG_LEVEL'] ??= 'warn';
  const { wanted, ...options } = readOptions();
  console.log(`interop: seed ${options.seed}${options.short ? ', short' : ''}`);
  const rows: Row[] = [];
  const missing = new Set<string>();
  for (const pair of wanted) {
    const result = await runPair(pair, options);
    rows.push({ title: pair.title, result });
    if (result.kind === 'skipped') {
      // Several pairs may want the same.
      if (!missing.has(result.what)) console.log(`skipped: ${result.what}`);
      missing.add(result.what);
    } else console.log(`${result.kind === 'passed' ? 'ok    ' : 'FAILED'} ${pair.name}`);
    if (result.kind === 'failed') console.log(`${result.message}\nAlone: npm run test:interop -- ${pair.name} --seed ${options.seed}`);
  }
  console.log(`\n${formatReport(rows)}`);
  return rows.some(({ result }) => result.kind === 'failed') ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
