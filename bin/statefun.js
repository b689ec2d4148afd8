#!/usr/bin/env node
// Runs under every Node there is, so that an old one is told what it lacks: no import before the check, and no syntax newer than import().
/* eslint no-var: off -- let and const are such a syntax */
var supported = [20, 19];
var tooOld = 'NODE_TOO_OLD';
var notBuilt = 'NOT_BUILT';
var version = process.versions.node.split('.').map(Number);

function report(code, summary, where, hint) {
  process.stderr.write(
    ['APPLICATION FAILED TO START', '', '1. ' + code + ': ' + summary, '   Where: ' + where, '   Do:    ' + hint, ''].join('\n'),
  );
  process.exitCode = 1;
}

if (version[0] < supported[0] || (version[0] === supported[0] && version[1] < supported[1])) {
  report(
    tooOld,
    'statefun needs Node ' + supported.join('.') + ' or later; this is Node ' + process.versions.node + '.',
    process.execPath,
    'Install a newer Node (nvm install --lts, or https://nodejs.org), then start again.',
  );
} else {
  // Loading takes a moment, and process 1 never gets a signal that nobody listens to: what comes before a command listens is remembered.
  var signals = [];
  var remember = function (signal) {
    signals.push(signal);
    if (signals.length > 1) process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  var takeSignals = function () {
    process.off('SIGINT', remember).off('SIGTERM', remember);
    return signals;
  };
  process.on('SIGINT', remember).on('SIGTERM', remember);
  import('../dist/cli.js').then(
    function (cli) {
      return cli.main(process.argv.slice(2), undefined, takeSignals).then(function (exitCode) {
        // The exit code is set, not forced: what is still being written to a pipe gets out. Output that was not taken has failed already.
        process.exitCode = process.exitCode || exitCode;
      });
    },
    function (error) {
      // Published packages are always built.
      if (error.code !== 'ERR_MODULE_NOT_FOUND' || !/\/dist\/cli\.js$/.test(error.url)) throw error;
      report(
        notBuilt,
        'this clone of statefun is not built.',
        decodeURI(error.url),
        'In the clone: npm ci && npm run build. Then start again.',
      );
    },
  );
}
