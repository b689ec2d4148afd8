import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringType } from 'statefun/state-types';
import { typed, type OutgoingEgress, type OutgoingMessage } from 'statefun/serving';
import { interopFolder } from '../runner/install.ts';
import { ManagedProcess } from '../runner/processes.ts';
import { createTemporaryFolder, removeTemporaryFolder } from '../runner/temporary-folders.ts';
import { greeter } from '../smoke/greetings.ts';
import { smoke } from '../smoke/commands.ts';

/** The engine in a separate process, which is killed and started again. Its events and its egress records are files. */
export class KilledEngine {
  kills = 0;
  private readonly folder = createTemporaryFolder('engine');
  private readonly eventsPath = join(this.folder, 'events.jsonl');
  private readonly egress = [smoke.discardEgress, smoke.verificationEgress].map((id) => new EgressLines(id, this.folder));
  private readonly greetings = new EgressLines(greeter.egress, this.folder);
  private process: ManagedProcess | undefined;
  private events = 0;

  /** `port` is the port at which the functions are served. */
  constructor(private readonly port: number) {}

  start(): void {
    const command = [process.execPath, join(interopFolder, 'dist/from-engine/engine-process.js'), this.folder, String(this.port)];
    this.process = new ManagedProcess('the engine', command, { env: { LOG_LEVEL: 'warn' }, lines: { started: /started/ } });
  }

  async untilStarted(): Promise<void> {
    await this.running.untilSeen('started');
  }

  /** Kills the process with SIGKILL, so that only the files are left. */
  async kill(): Promise<void> {
    this.running.assertRunning();
    await this.running.stop();
    this.kills += 1;
  }

  send(messages: Iterable<OutgoingMessage>): void {
    const lines: string[] = [];
    for (const { target, argument } of messages) {
      this.events += 1;
      // An event of this source is a typed value; its subject tells the forwarder which address it is for.
      const event = { specversion: '1.0', id: `event-${this.events}`, source: '/statefun/typed-value', type: argument.typename };
      const base64 = Buffer.from(argument.value).toString('base64');
      lines.push(`${JSON.stringify({ ...event, subject: target.id, data_base64: base64 })}\n`);
    }
    appendFileSync(this.eventsPath, lines.join(''));
  }

  readNew(): OutgoingEgress[] {
    this.running.assertRunning();
    return this.egress.flatMap((file) => file.readNew());
  }

  readGreetings(): OutgoingEgress[] {
    return this.greetings.readNew();
  }

  get output(): string {
    return this.process?.output ?? '';
  }

  async stop(): Promise<void> {
    await this.process?.stop();
    removeTemporaryFolder(this.folder);
  }

  private get running(): ManagedProcess {
    if (this.process === undefined) throw new Error('the engine has not been started');
    return this.process;
  }
}

/** The file of an egress; a last line without its end may still be cut by a recovery, and is not read. */
class EgressLines {
  private offset = 0;
  private readonly path: string;

  constructor(
    private readonly egressId: string,
    folder: string,
  ) {
    this.path = join(folder, `${egressId.replace('/', '.')}.jsonl`);
  }

  readNew(): OutgoingEgress[] {
    if (!existsSync(this.path)) return [];
    const bytes = readFileSync(this.path);
    const end = bytes.lastIndexOf('\n') + 1;
    const lines = bytes.toString('utf8', this.offset, end).split('\n').slice(0, -1);
    this.offset = end;
    return lines.map((line) => {
      // What the file egress writes is CloudEvents JSON.
      const { type, data, data_base64: base64 = '' } = JSON.parse(line) as { type: string; data?: unknown; data_base64?: string };
      // What StateFun calls a string is text in an event, and bytes are Base64.
      if (typeof data === 'string') return { egressId: this.egressId, argument: typed(stringType(), data) };
      return { egressId: this.egressId, argument: { typename: type, hasValue: true, value: Buffer.from(base64, 'base64') } };
    });
  }
}
