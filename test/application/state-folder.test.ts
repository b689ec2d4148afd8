import { expect, it } from '@jest/globals';
import { defaultStateFolder } from '../../src/application/state-folder.ts';

it.each([
  ['cart', {}, '.statefun/cart'],
  ['@team/cart', {}, '.statefun/team-cart'],
  ['../../etc', {}, '.statefun/etc'],
  ['..', {}, '.statefun/application'],
  ['cart', { STATEFUN_STATE_FOLDER: '/var/lib/cart' }, '/var/lib/cart'],
  ['cart', { STATEFUN_STATE_FOLDER: '' }, '.statefun/cart'],
])('keeps the state of %s with %j in %s', (name, environment, folder) => {
  expect(defaultStateFolder(name, environment)).toBe(folder);
});
