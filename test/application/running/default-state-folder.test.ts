import { expect, it } from '@jest/globals';
import { defaultStateFolder } from '../../../src/application/running/default-state-folder.ts';

it.each([
  ['cart', '.statefun/cart'],
  ['@team/cart', '.statefun/team-cart'],
  ['../../etc', '.statefun/etc'],
  ['..', '.statefun/application'],
])('keeps the state of %s in %s', (name, folder) => {
  expect(defaultStateFolder(name)).toBe(folder);
});
