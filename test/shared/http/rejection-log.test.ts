import { describe, expect, it } from '@jest/globals';
import { RejectionLog } from '../../../src/shared/http/rejection-log.ts';
import { silentLogger, type LogFields } from '../../../src/shared/logger.ts';

describe('RejectionLog', () => {
  it('logs a line for each refusal up to a rate, then how many it left out', () => {
    const lines: [string, LogFields | undefined][] = [];
    let nowMs = 0;
    const log = new RejectionLog({ ...silentLogger, warn: (text, fields) => void lines.push([text, fields]) }, () => nowMs);
    for (let count = 0; count < 1_000; count += 1) log.rejected({ status: 413, count });
    expect(lines).toHaveLength(10);
    expect(lines[9]).toEqual(['a request is refused', { status: 413, count: 9 }]);
    nowMs = 10_000;
    log.rejected({ status: 400 });
    expect(lines.slice(10)).toEqual([
      ['more requests were refused, without a line each', { requests: 990 }],
      ['a request is refused', { status: 400 }],
    ]);
    log.close();
    expect(lines).toHaveLength(12);
  });
});
