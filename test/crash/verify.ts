import { execFile } from 'node:child_process';
import { join } from 'node:path';

const programPath = new URL('../../../bin/statefun.js', import.meta.url).pathname;

interface Verification {
  readonly ok: boolean;
  readonly problems: readonly { readonly where: string; readonly what: string }[];
}

/**
 * What `statefun state verify` finds wrong with the state of a round, whose process may be running, or dead half-way. A folder that was not
 * completed before its first process died holds no state: that is nothing wrong.
 */
export function verifyFolder(folder: string): Promise<string[]> {
  const parameters = [programPath, 'state', 'verify', '--json', '--state-folder', join(folder, 'state')];
  return new Promise((resolve) => {
    execFile(process.execPath, parameters, (_, stdout, stderr) => {
      if (stdout === '') return resolve(stderr.includes('STATE_FOLDER_ABSENT') ? [] : [`state verify: ${stderr}`]);
      const { problems } = JSON.parse(stdout) as Verification; // the command printed it
      resolve(problems.map(({ where, what }) => `state verify: ${where}: ${what}`));
    });
  });
}
