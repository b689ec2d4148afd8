#!/usr/bin/env node
import { main } from '../dist/cli.js';

// The exit code is set, not forced: what is still being written to a pipe gets out.
process.exitCode = await main(process.argv.slice(2));
