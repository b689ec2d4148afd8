// Commits the same number under many keys at once, and writes garbage besides, until it is killed; prints a line when it has begun.
import { openLogStore } from '../../../dist/storage.js';

const store = await openLogStore({ folder: process.argv[2], segmentBytesMax: 16_384 });
for (let number = 1; ; number += 1) {
  const pairs = Array.from({ length: 20 }, (_, index) => ({ collection: `pair/${index}`, key: 'number', value: String(number) }));
  // What was written five commits ago is removed.
  const passing = [
    { collection: 'passing', key: String(number), value: 'x'.repeat(number % 900) },
    { collection: 'passing', key: String(number - 5), value: undefined },
  ];
  await store.commit([...pairs, ...passing]);
  if (number === 50) console.log('begun');
}
