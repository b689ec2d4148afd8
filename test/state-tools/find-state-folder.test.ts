import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findStateFolder } from '../../src/state-tools/find-state-folder.ts';
import { createTemporaryFolder, removeFolder } from '../storage/log-fixture.ts';

describe('findStateFolder', () => {
  let workingFolder: string;
  beforeEach(() => void (workingFolder = createTemporaryFolder()));
  afterEach(() => removeFolder(workingFolder));

  const find = (given?: string, variable?: string): string =>
    findStateFolder({ given, environment: { STATEFUN_STATE_FOLDER: variable }, workingFolder });
  const createState = (name: string): void => {
    mkdirSync(join(workingFolder, '.statefun', name), { recursive: true });
    writeFileSync(join(workingFolder, '.statefun', name, 'store.json'), '');
  };

  it('takes the folder that is given before that of the environment, and that before the only one there is', () => {
    createState('carts');
    expect(find('here', '/there')).toBe(join(workingFolder, 'here'));
    expect(find(undefined, '/there')).toBe('/there');
    expect(find(undefined, '')).toBe(join(workingFolder, '.statefun', 'carts'));
  });

  it('takes no folder for state that holds none', () => {
    mkdirSync(join(workingFolder, '.statefun', 'other'), { recursive: true });
    createState('carts');
    expect(find()).toBe(join(workingFolder, '.statefun', 'carts'));
  });

  it('does not guess', () => {
    expect(() => find()).toThrow('holds none');
    createState('carts');
    createState('orders');
    expect(() => find()).toThrow('holds carts, orders');
  });
});
