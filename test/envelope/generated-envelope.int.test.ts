import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

const script = new URL('../../scripts/generate-envelope.mjs', import.meta.url).pathname;

describe('the generated Protobuf code', () => {
  it('is what the .proto gives', () => {
    expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toBe('');
  });
});
