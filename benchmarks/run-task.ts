import { fork } from 'node:child_process';

export interface TaskOptions {
  /** The task, in messages about its failure. */
  readonly name: string;
  /** The Node executable. @defaultValue the one that runs this process */
  readonly node?: string | undefined;
  readonly execArgv?: readonly string[];
  /** A command, with its parameters, that starts the command after it: `taskset --cpu-list 0`. */
  readonly prefix?: readonly string[];
}

/** Runs a task in a new process, so that heap and compiled code are new. Resolves with the only message that the process sends. */
export function runTask<Result>(module: URL, task: object, options: TaskOptions): Promise<Result> {
  const { name, node = process.execPath, execArgv = [], prefix = [] } = options;
  const [execPath = node, ...before] = [...prefix, node];
  return new Promise((resolve, reject) => {
    const child = fork(module, [JSON.stringify(task)], {
      execPath,
      execArgv: [...before, ...execArgv],
      env: { ...process.env, LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let result: Result | undefined;
    // The child sends nothing else.
    child.once('message', (message) => (result = message as Result));
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (result !== undefined && code === 0) resolve(result);
      else reject(new Error(`the measurement "${name}" ended with ${String(code ?? signal)}`));
    });
  });
}

/** Runs the task that {@link runTask} gave this process, and sends its result. */
export function serveTask<Task, Result>(run: (task: Task) => Promise<Result> | Result): void {
  // The parent writes it.
  const task = JSON.parse(process.argv[2] ?? '') as Task;
  Promise.resolve(run(task)).then(
    (result) => process.send?.(result, () => process.disconnect()),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
