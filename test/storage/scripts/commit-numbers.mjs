// Commits 1, 2, 3 … as the value of one entry with the writer thread, printing each number when its commit has resolved.
import { openLogStore } from '../../../dist/storage.js';

const [folder, last] = process.argv.slice(2);
const store = await openLogStore({ folder, segmentBytesMax: 4_096 });
try {
  for (let number = store.recovery.commits + 1; number <= Number(last); number += 1) {
    const filler = { collection: `filler/${number % 7}`, key: 'k', value: 'x'.repeat(number % 500) };
    await store.commit([filler, { collection: 'number', key: 'k', value: String(number) }]);
    console.log(number);
  }
} catch (error) {
  console.log(error.code, error.cause?.code);
}
// Without closing: neither the idle writer thread nor the lock keeps a process alive.
