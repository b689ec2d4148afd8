import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Skipped } from '../runner/outcome.ts';
import { ManagedProcess } from '../runner/processes.ts';

/** Where Linux distributions put the JDKs that are installed beside each other. */
const installedFolder = '/usr/lib/jvm';

/** The home of the oldest JDK from the version on: `JAVA_HOME`, the one on the path, or one that is installed beside it. */
export async function findJavaHome(versionMin: number, forWhat: string): Promise<string> {
  const found: { home: string; version: number }[] = [];
  for (const home of await candidates()) {
    const version = await versionOf(home);
    if (version !== undefined) found.push({ home, version });
  }
  const [oldest] = found.filter(({ version }) => version >= versionMin).sort((one, other) => one.version - other.version);
  if (oldest !== undefined) return oldest.home;
  const versions = [...new Set(found.map(({ version }) => version))].sort((one, other) => one - other);
  throw new Skipped(`${forWhat} (it needs a JDK from ${versionMin} on; here is ${versions.join(', ') || 'none'})`);
}

const javaHome = /java\.home = (.+)/;
const javaVersion = /version "(?:1\.)?(\d+)/;

async function candidates(): Promise<Set<string>> {
  const homes: string[] = [];
  const { JAVA_HOME: home } = process.env;
  if (home !== undefined && home !== '') homes.push(home);
  // Prints where its JDK is, wherever the command on the path really is.
  const onPath = new ManagedProcess('java', ['java', '-XshowSettings:properties', '-version'], { lines: { home: javaHome } });
  await onPath.end();
  const pathHome = javaHome.exec(onPath.seen('home').first ?? '')?.[1];
  if (pathHome !== undefined) homes.push(pathHome.trim());
  if (existsSync(installedFolder)) homes.push(...readdirSync(installedFolder).map((name) => join(installedFolder, name)));
  return new Set(homes.filter((candidate) => existsSync(join(candidate, 'bin/javac'))).map((candidate) => realpathSync(candidate)));
}

async function versionOf(home: string): Promise<number | undefined> {
  const java = new ManagedProcess('java', [join(home, 'bin/java'), '-version'], { lines: { version: javaVersion } });
  await java.end();
  const version = javaVersion.exec(java.seen('version').first ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
}
