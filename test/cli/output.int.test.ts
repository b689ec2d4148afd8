import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const command = join(import.meta.dirname, '..', '..', 'bin', 'statefun.js');

describe('what a command prints', () => {
  it('may be read to any end: a reader that has seen enough is no failure', () => {
    // The reader is gone before anything is written.
    const script = `set -o pipefail; { sleep 1; ${process.execPath} ${command} --help; } | true`;
    const { status, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
