import { MemoryStore } from '../../src/storage/memory-store.ts';
import { describeStore } from '../contracts/store-contract.ts';

describeStore('MemoryStore', () => {
  const store = new MemoryStore();
  return Promise.resolve({ store, dispose: () => store.close() });
});
