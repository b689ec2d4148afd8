import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutgoingEgress, OutgoingMessage } from 'statefun/serving';
import { ManagedProcess } from '../runner/processes.ts';
import { createTemporaryFolder, removeTemporaryFolder } from '../runner/temporary-folders.ts';
import { appendMessages, EgressFile } from '../smoke/record-files.ts';
import type { FlinkRuntime } from './flink-runtime.ts';

export interface FlinkJobOptions {
  readonly runtime: FlinkRuntime;
  /** The text of the module.yaml with the endpoints. */
  readonly moduleYaml: string;
  readonly egressIds: readonly string[];
  readonly failures: number;
  /** How many records the ingress sends before it may fail. */
  readonly failAfterRecords: number;
}

/** What the local machine can run beside the functions. */
const parallelism = 2;

/** One StateFun application on the real runtime: messages in by a file, egress records out by another, each exactly once. */
export class FlinkJob {
  private readonly folder = createTemporaryFolder('flink');
  private readonly egress = new EgressFile(join(this.folder, 'out.bin'));
  private readonly process: ManagedProcess;

  constructor({ runtime, moduleYaml, egressIds, failures, failAfterRecords }: FlinkJobOptions, messages: Iterable<OutgoingMessage>) {
    mkdirSync(join(this.folder, 'checkpoints'));
    writeFileSync(join(this.folder, 'module.yaml'), moduleYaml);
    this.send(messages);
    const jobArguments = [this.folder, parallelism, failures, failAfterRecords, egressIds.join(',')].map(String);
    // Counted as they are printed: Flink's own warnings are much longer than what is kept of the output.
    const lines = { reading: /reading/, failure: /^failure \d+ after/ };
    this.process = new ManagedProcess(runtime.title, [...runtime.command, ...jobArguments], { cwd: runtime.folder, lines });
  }

  send(messages: Iterable<OutgoingMessage>): void {
    appendMessages(join(this.folder, 'in.bin'), messages);
  }

  /** What has left with the checkpoints that have completed since the last time. */
  readNew(): OutgoingEgress[] {
    this.process.assertRunning();
    return this.egress.readNew();
  }

  get failuresInjected(): number {
    return this.process.seen('failure').count;
  }

  async untilStarted(): Promise<void> {
    await this.process.untilSeen('reading');
  }

  get output(): string {
    return this.process.output;
  }

  async stop(): Promise<void> {
    await this.process.stop();
    removeTemporaryFolder(this.folder);
  }
}
