import { join } from 'node:path';
import { install, interopFolder } from '../runner/install.ts';

/** StateFun on a Flink in one JVM, ready to be started with the arguments of FlinkHost. */
export interface FlinkRuntime {
  readonly title: string;
  readonly folder: string;
  readonly command: readonly string[];
}

/** Flink 1.16 is made for Java 8 and 11; on a newer one it reaches into these packages all the same. */
const addOpens = ['java.lang', 'java.util'].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`);

/** Apache's last release of the runtime, on the Flink it is made for. */
export async function installFlink(): Promise<FlinkRuntime> {
  const folder = join(interopFolder, 'flink');
  await install({
    what: 'Maven statefun-flink-harness 3.3.0 and Flink 1.16.2',
    folder,
    inputs: ['pom.xml', 'src'],
    stamp: 'target/installed',
    steps: [{ command: ['mvn', '--batch-mode', '--quiet', 'compile'], downloads: true, faultOfOurs: /COMPILATION ERROR/ }],
  });
  return {
    title: 'Flink 1.16.2',
    folder,
    command: [
      'java',
      ...addOpens,
      '-Xmx1g',
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      '-cp',
      'target/classes:target/lib/*',
      'statefun.interop.flink.FlinkHost',
    ],
  };
}
