import { join } from 'node:path';
import { install, interopFolder } from '../runner/install.ts';
import { findJavaHome } from './java-home.ts';

/** StateFun on a Flink in one JVM, ready to be started with the arguments of FlinkHost. */
export interface FlinkRuntime {
  readonly title: string;
  readonly folder: string;
  readonly command: readonly string[];
}

export interface FlinkRelease {
  /** What the names of its pairs begin with. */
  readonly name: string;
  readonly title: string;
  readonly what: string;
  readonly javaVersionMin: number;
}

/** Apache's last release of the runtime, on the Flink it is made for. */
export const apache: FlinkRelease = {
  name: 'flink',
  title: 'Flink 1.16.2',
  what: 'Maven org.apache.flink:statefun-flink-harness 3.3.0 and Flink 1.16.2',
  javaVersionMin: 11,
};

/** Who goes on with it. */
export const fork: FlinkRelease = {
  name: 'fork',
  title: 'Flink 2.2.1, fork',
  what: 'Maven io.github.kzmlabs.flinkstatefun 3.4.0-KZM-3.5 and Flink 2.2.1',
  javaVersionMin: 21,
};

/** Flink reaches into these packages, which no longer stand open since Java 16. */
const addOpens = ['java.lang', 'java.util'].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`);

export async function installFlink({ name, title, what, javaVersionMin }: FlinkRelease): Promise<FlinkRuntime> {
  const javaHome = await findJavaHome(javaVersionMin, title);
  const folder = join(interopFolder, 'flink', name === 'fork' ? 'fork' : 'apache');
  await install({
    what,
    folder,
    inputs: ['pom.xml', 'src', '../common'],
    stamp: 'target/installed',
    steps: [
      {
        // Maven remembers what it did not find, unless it is told to look again.
        command: ['mvn', '--batch-mode', '--quiet', '--update-snapshots', 'compile'],
        env: { JAVA_HOME: javaHome },
        downloads: true,
        faultOfOurs: /COMPILATION ERROR/,
      },
    ],
  });
  const options = [...addOpens, '-Xmx1g', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', 'target/classes:target/lib/*'];
  return { title, folder, command: [join(javaHome, 'bin/java'), ...options, 'statefun.interop.flink.FlinkHost'] };
}
