/** A function in a profile; lines and columns count from 0. */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Returns the source of a function: its path, and its line from 1 on. */
export type FindSource = (frame: CallFrame) => { readonly path: string; readonly line: number };

/** The part of V8's CPU profile format that is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
  /** What the thread did meanwhile; profiles that V8 wrote by itself do not have it. */
  readonly work?: ProfiledWork;
}

export interface ProfiledWork {
  /** `2026-11-28`. */
  readonly date: string;
  /** Version of Node. */
  readonly node: string;
  readonly events: number;
  /** Processor time of all threads of the process. */
  readonly cpuMs: number;
  /** Processor time of the profiled thread; undefined where the system does not tell. */
  readonly threadCpuMs?: number;
}

export interface Frame {
  readonly name: string;
  /** Where it belongs: a room of the framework, a package, `node`, `V8`, the example or the benchmark. */
  readonly part: string;
  /** Time in the function itself, without those it calls, in milliseconds. */
  readonly selfMs: number;
}

/** V8's names for waiting, and for starting and stopping the profiler. */
const notWork = ['(idle)', 'dispatch'];

const asItIs: FindSource = ({ url, lineNumber }) => ({ path: url, line: lineNumber + 1 });

/**
 * The functions of a profile, those with the most time first. Time in which the thread waited is left out. A sample counts the time in which
 * another process had the processor as well: where the processor time of the thread is known, all times are scaled to it.
 */
export function framesOf({ nodes, samples, timeDeltas, work }: CpuProfile, findSource: FindSource = asItIs): readonly Frame[] {
  const microsOf = new Map<number, number>();
  samples.forEach((id, index) => microsOf.set(id, (microsOf.get(id) ?? 0) + (timeDeltas[index] ?? 0)));
  const frames = new Map<string, Frame>();
  for (const { id, callFrame } of nodes) {
    const { functionName, url } = callFrame;
    if (url === '' && notWork.includes(functionName)) continue;
    const { path, line } = findSource(callFrame);
    const part = partOf(path);
    const name = `${functionName || '(anonymous)'}${url === '' ? '' : `:${line}`}`;
    const key = `${path} ${name}`;
    const selfMs = (frames.get(key)?.selfMs ?? 0) + (microsOf.get(id) ?? 0) / 1_000;
    frames.set(key, { name, part, selfMs });
  }
  const busyMs = [...frames.values()].reduce((sum, { selfMs }) => sum + selfMs, 0);
  const scale = (work?.threadCpuMs ?? busyMs) / busyMs;
  return Array.from(frames.values(), (frame) => ({ ...frame, selfMs: frame.selfMs * scale }))
    .filter(({ selfMs }) => selfMs > 0)
    .sort((a, b) => b.selfMs - a.selfMs);
}

/** Time by part, most first. */
export function partsOf(frames: readonly Frame[]): readonly { readonly part: string; readonly selfMs: number }[] {
  const parts = new Map<string, number>();
  for (const { part, selfMs } of frames) parts.set(part, (parts.get(part) ?? 0) + selfMs);
  return Array.from(parts, ([part, selfMs]) => ({ part, selfMs })).sort((a, b) => b.selfMs - a.selfMs);
}

/** `…/src/engine/partition/partition.ts` is `engine/partition`; a file of a package is the package. */
function partOf(path: string): string {
  if (path === '') return 'V8';
  if (path.startsWith('node:')) return 'node';
  const example = /\/examples\/([^/]+)\//.exec(path);
  if (example !== null) return `example ${example[1] ?? ''}`;
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
  if (dependency !== null) return dependency[1] ?? '';
  if (path.includes('/benchmarks/')) return 'the benchmark';
  return /\/(?:src|dist)\/(.+)\/[^/]+$/.exec(path)?.[1] ?? path;
}
