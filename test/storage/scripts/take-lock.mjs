// Takes the lock of a folder when it is told to, says how that went, and stays until it is killed or its input ends.
import { lockFolder } from '../../../dist/storage/folder/folder-lock.js';

process.stdin.once('data', async () => {
  const outcome = await lockFolder(process.argv[2]).then(
    () => 'held',
    (error) => error.code,
  );
  console.log(outcome);
  process.stdin.once('end', () => process.exit());
});
console.log('ready');
