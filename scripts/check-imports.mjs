// Checks the import rules of .dependency-cruiser.cjs on every existing folder. (With a glob the tool would walk node_modules.)
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const folders = ['src', 'test', 'examples', 'benchmarks', 'interop'].filter((folder) => existsSync(folder));
const command = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs';
const { status } = spawnSync(process.execPath, [command, '--config', '.dependency-cruiser.cjs', ...folders], { stdio: 'inherit' });
process.exitCode = status ?? 1;
