import type { NodeExecutable } from '../node-executable.ts';
import { runTask } from '../run-task.ts';
import type { OursTask } from './ours-child.ts';
import type { Peer, PeerMeasurement } from './peer.ts';

const child = new URL('./ours-child.js', import.meta.url);

export function engine(node: NodeExecutable): Peer {
  return processOf('this engine, durable', node, false);
}

export function bareLoop(node: NodeExecutable): Peer {
  return processOf('bare loop', node, true);
}

function processOf(title: string, node: NodeExecutable, isBareLoop: boolean): Peer {
  return {
    title,
    isSmall: false,
    prepare: () => `Node ${node.version}`,
    measure: ({ prefix, ...task }) =>
      runTask<PeerMeasurement>(child, { ...task, prefix, isBareLoop } satisfies OursTask, { name: title, node: node.path, prefix }),
  };
}
