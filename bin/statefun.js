#!/usr/bin/env node
// Runs under every Node there is, so that an old one is told what it lacks: no import before the check, and no syntax newer than import().
/* eslint no-var: off -- let and const are such a syntax */
var supported = [20, 19];
var tooOld = 'NODE_TOO_OLD';
var version = process.versions.node.split('.').map(Number);

if (version[0] < supported[0] || (version[0] === supported[0] && version[1] < supported[1])) {
  process.stderr.write(
    [
      'APPLICATION FAILED TO START',
      '',
      '1. ' + tooOld + ': statefun needs Node ' + supported.join('.') + ' or later; this is Node ' + process.versions.node + '.',
      '   Where: ' + process.execPath,
      '   Do:    Install a newer Node (nvm install --lts, or https://nodejs.org), then start again.',
      '',
    ].join('\n'),
  );
  process.exitCode = 1;
} else {
  import('../dist/cli.js')
    .then(function (cli) {
      return cli.main(process.argv.slice(2));
    })
    .then(function (exitCode) {
      // The exit code is set, not forced: what is still being written to a pipe gets out.
      process.exitCode = exitCode;
    });
}
