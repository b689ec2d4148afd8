import { describeStore } from '../contracts/store-contract.ts';
import { createTemporaryFolder, removeFolder } from './log-fixture.ts';

// Threads need the built package; it has the types of the sources.
const builtUrl = new URL('../../dist/storage.js', import.meta.url).href;
type Built = typeof import('../../src/storage.ts');

describeStore('LogStore with its threads', async () => {
  const { openLogStore } = (await import(builtUrl)) as Built;
  const folder = createTemporaryFolder();
  let store = await openLogStore({ folder, segmentBytesMax: 300 });
  return {
    store,
    async reopen() {
      await store.close();
      store = await openLogStore({ folder, segmentBytesMax: 300 });
      return store;
    },
    async dispose() {
      await store.close();
      removeFolder(folder);
    },
  };
});
