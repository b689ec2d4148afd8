import { describe, expect, it } from '@jest/globals';
import { ProcessOutput } from '../../../interop/runner/process-output.ts';

const failure = /^failure \d+ after/;

describe('what the interop runner concludes from the output of a process', () => {
  it('counts a line however much is printed after it', () => {
    const output = new ProcessOutput({ failure });
    const { add, end } = output.stream();
    add(Buffer.from('failure 1 after 2000 records\n'));
    for (let line = 0; line < 5_000; line += 1) add(Buffer.from(`WARN a stack trace of Flink, line ${line}${'.'.repeat(40)}\n`));
    end();
    expect(output.text).not.toContain('failure 1');
    expect(output.text).toHaveLength(100_000);
    expect(output.seen('failure')).toEqual({ count: 1, first: 'failure 1 after 2000 records' });
  });

  it('finds a line in pieces, whatever the other stream prints between them', () => {
    const output = new ProcessOutput({ failure, grün: /grün/ });
    const [standard, error] = [output.stream(), output.stream()];
    const bytes = Buffer.from('failure 1 after 5 records, grün\nfailure 2 after 7 records\n');
    for (const byte of bytes) {
      standard.add(Buffer.of(byte));
      error.add(Buffer.from('x'));
    }
    expect(output.seen('failure').count).toBe(2);
    expect(output.seen('grün')).toEqual({ count: 1, first: 'failure 1 after 5 records, grün' });
  });

  it('takes a last line without an end', () => {
    const output = new ProcessOutput({ failure });
    const { add, end } = output.stream();
    add(Buffer.from('failure 1 after 2 records'));
    expect(output.seen('failure').count).toBe(0);
    end();
    expect(output.seen('failure').count).toBe(1);
  });

  it('keeps the beginning of a line that does not end', () => {
    const output = new ProcessOutput({ failure, end: /the end/ });
    const { add, end } = output.stream();
    add(Buffer.from('failure 1 after 2 records '));
    for (let piece = 0; piece < 100; piece += 1) add(Buffer.alloc(1_000, 'x'));
    add(Buffer.from('the end'));
    end();
    expect(output.seen('failure').first).toHaveLength(10_000);
    expect(output.seen('end').count).toBe(0);
  });

  it('refuses to answer about lines that nobody named in time', () => {
    expect(() => new ProcessOutput({ failure }).seen('other')).toThrow('no lines are called "other"');
  });
});
