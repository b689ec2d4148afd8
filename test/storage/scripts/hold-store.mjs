// Opens a store and commits once. Told `commit`, it commits again; told anything else, it uses up all file descriptors. Prints how each went, and
// stays until it is killed or its input ends.
import { openSync } from 'node:fs';
import { openLogStore } from '../../../dist/storage.js';

const told = (work, done) =>
  Promise.resolve()
    .then(work)
    .then(
      () => console.log(done),
      (error) => console.log(error.code),
    );

let store;
const commit = () => store.commit([{ collection: 'holder', key: 'pid', value: String(process.pid) }]);
const starve = () => {
  for (;;) openSync('/dev/null', 'r');
};

await told(async () => {
  store = await openLogStore({ folder: process.argv[2] });
  await commit();
}, 'held');
if (store === undefined) process.exit();
process.stdin.on('data', (word) => void told(word.toString().trim() === 'commit' ? commit : starve, 'done'));
process.stdin.once('end', () => process.exit());
