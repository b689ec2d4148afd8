import { describe, expect, it } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { moreHelp } from '../../src/cli/more-help.ts';

async function helpOf(...command: string[]): Promise<string> {
  let text = '';
  const code = await main([...command, '--help'], { out: (part) => void (text += part), err: () => undefined });
  if (code !== 0) throw new Error(`${command.join(' ')} --help ended with ${code}`);
  return text;
}

const commands = ['create', 'check', 'graph', 'module', 'run', 'play', 'serve'];

describe('the help of the command line', () => {
  it('lists every command with what it does', async () => {
    const listed = [...(await helpOf()).matchAll(/^ {2}(\w+) [^\n]*\S {2,}\S/gm)].map(([, name]) => name);

    expect(listed).toEqual(expect.arrayContaining(commands));
  });

  it.each([[], ...commands.map((name) => [name])])('has examples and exit codes (%s)', async (...command) => {
    const text = await helpOf(...command);

    expect(text).toContain(`\nExamples:\n  `);
    expect(text).toMatch(/\nExit codes:\n {2}0 {2}\S.*\n {2}1 {2}\S.*\n {2}2 {2}wrong usage\n/);
  });

  it.each(commands)('shows only options that %s has in its examples', async (command) => {
    const text = await helpOf(command);
    const [before = '', examples = ''] = text.split('\nExamples:\n');
    const used = [...examples.matchAll(/ (--[a-z-]+)/g)].map(([, option]) => option);

    for (const option of used) expect(before).toContain(`  ${option} `);
    expect(examples).toContain(`statefun ${command} `);
  });
});

describe('moreHelp', () => {
  it('puts what a command says above its examples, and exit codes in order below', () => {
    const text = moreHelp({ text: 'Nothing is sent.', examples: ['statefun run .'], exitCodes: { 130: 'interrupted', 0: 'done' } });

    expect(text).toBe(
      [
        '',
        'Nothing is sent.',
        '',
        'Examples:',
        '  statefun run .',
        '',
        'Exit codes:',
        '  0  done',
        '  2  wrong usage',
        '  130  interrupted',
      ].join('\n'),
    );
  });
});
