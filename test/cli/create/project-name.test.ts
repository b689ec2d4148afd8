import { describe, expect, it } from '@jest/globals';
import { ensureProjectName } from '../../../src/cli/create/project-name.ts';
import { StatefunError } from '../../../src/shared/errors.ts';

const taken = ['statefun', 'typescript'];

function refusal(name: string): StatefunError {
  try {
    ensureProjectName(name, taken);
  } catch (error) {
    if (StatefunError.is(error)) return error;
    throw error;
  }
  throw new Error(`${name} was not refused`);
}

describe('ensureProjectName', () => {
  it.each(['carts', 'carts-2', '2carts', 'my.carts', 'my_carts', '@team/carts', 'a'.repeat(214)])('accepts %s', (name) => {
    expect(ensureProjectName(name, taken)).toBe(name);
  });

  it.each([
    ['', 'it is empty'],
    ['Carts', 'npm takes lower-case letters'],
    ['my carts', 'npm takes lower-case letters'],
    ['.carts', 'not with "." or "_" first'],
    ['_carts', 'not with "." or "_" first'],
    ['@team', 'npm takes lower-case letters'],
    ['@team/', 'npm takes lower-case letters'],
    ['team/carts', 'npm takes lower-case letters'],
    ['../carts', 'npm takes lower-case letters'],
    ['carts\n', 'npm takes lower-case letters'],
    ['a'.repeat(215), 'it has 215 characters'],
    ['node_modules', 'npm keeps this name'],
    ['statefun', 'the project needs a package of this name'],
  ])('refuses %j, saying why', (name, why) => {
    expect(refusal(name)).toMatchObject({ code: 'CREATE_NAME_INVALID', summary: expect.stringContaining(why) });
  });

  it.each([
    ['Warenkörbe 2', 'warenkorbe-2'],
    ['.Carts', 'carts'],
    ['日本', 'my-application'],
  ])('suggests for %s a name that npm takes', (name, suggestion) => {
    expect(refusal(name).hint).toBe(`Give another one, such as --name ${suggestion}`);
  });
});
