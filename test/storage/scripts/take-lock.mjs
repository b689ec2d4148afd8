// Takes the lock of a folder when it is told to, says how that went, and stays until it is killed or its input ends.
import { register } from 'node:module';

register('../../../scripts/typescript-hooks.mjs', import.meta.url);
// The package does not export it, so this runs on the sources.
const { lockFolder } = await import('../../../src/storage/folder/folder-lock.ts');

process.stdin.once('data', async () => {
  const outcome = await lockFolder(process.argv[2]).then(
    () => 'held',
    (error) => error.code,
  );
  console.log(outcome);
  process.stdin.once('end', () => process.exit());
});
console.log('ready');
