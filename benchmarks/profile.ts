/** The part of V8's CPU profile format that is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

export interface Frame {
  readonly name: string;
  /** Where it belongs: a room of the framework, a package, `node`, `V8`, the example or the benchmark. */
  readonly part: string;
  /** Time in the function itself, without those it calls, in milliseconds. */
  readonly selfMs: number;
}

/** V8's names for what is no function. */
const idle = '(idle)';

/** The functions of a profile, those with the most time first. Time in which the thread waited is left out. */
export function framesOf({ nodes, samples, timeDeltas }: CpuProfile): readonly Frame[] {
  const microsOf = new Map<number, number>();
  samples.forEach((id, index) => microsOf.set(id, (microsOf.get(id) ?? 0) + (timeDeltas[index] ?? 0)));
  const frames = new Map<string, Frame>();
  for (const { id, callFrame } of nodes) {
    if (callFrame.functionName === idle) continue;
    const part = partOf(callFrame.url);
    const name = `${callFrame.functionName || '(anonymous)'}${callFrame.lineNumber < 0 ? '' : `:${callFrame.lineNumber + 1}`}`;
    const key = `${callFrame.url} ${name}`;
    const selfMs = (frames.get(key)?.selfMs ?? 0) + (microsOf.get(id) ?? 0) / 1_000;
    frames.set(key, { name, part, selfMs });
  }
  return [...frames.values()].filter(({ selfMs }) => selfMs > 0).sort((a, b) => b.selfMs - a.selfMs);
}

/** Time by part, most first. */
export function partsOf(frames: readonly Frame[]): readonly { readonly part: string; readonly selfMs: number }[] {
  const parts = new Map<string, number>();
  for (const { part, selfMs } of frames) parts.set(part, (parts.get(part) ?? 0) + selfMs);
  return Array.from(parts, ([part, selfMs]) => ({ part, selfMs })).sort((a, b) => b.selfMs - a.selfMs);
}

/** `…/dist/engine/partition/partition.js` is `engine/partition`; a file of a package is the package. */
function partOf(url: string): string {
  if (url === '') return 'V8';
  if (url.startsWith('node:')) return 'node';
  const example = /\/examples\/([^/]+)\//.exec(url);
  if (example !== null) return `example ${example[1] ?? ''}`;
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url);
  if (dependency !== null) return dependency[1] ?? '';
  if (url.includes('/benchmarks/dist/')) return 'the benchmark';
  return /\/dist\/(.+)\/[^/]+$/.exec(url)?.[1] ?? url;
}
