// Loaded with --require into the process of the embedded Kinesis, before its own code.
//
// 1. The emulator listens on every interface and has no option for it. Every server of the process is moved to the loopback address, for each
//    form of `listen`. Paths of pipes and handles are left unchanged.
// 2. It sends the parent the ports it listens on: a response at a port does not identify the process.
// 3. The process ends with its parent: the channel closes even when the parent is killed with SIGKILL.
import net = require('node:net');

const loopback = '127.0.0.1';
// Called with the server as `this`, below.
// eslint-disable-next-line @typescript-eslint/unbound-method
const listen = net.Server.prototype.listen as (this: net.Server, ...args: unknown[]) => net.Server;

function toLoopback(args: readonly unknown[]): unknown[] {
  const [first, ...rest] = args;
  const isPort = typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first));
  if (isPort) return [first, loopback, ...rest.filter((argument) => typeof argument !== 'string')];
  if (typeof first === 'object' && first !== null && 'port' in first) return [{ ...first, host: loopback }, ...rest];
  const isAnyPort = first === undefined || first === null || typeof first === 'function';
  if (isAnyPort) return [0, loopback, ...args.filter((argument) => typeof argument === 'function')];
  return [...args];
}

net.Server.prototype.listen = function listenOnLoopback(this: net.Server, ...args: unknown[]): net.Server {
  this.once('listening', () => {
    const address = this.address();
    if (typeof address === 'object' && address !== null) process.send?.({ listening: address.port });
  });
  this.once('error', (error: NodeJS.ErrnoException) => process.send?.({ failed: error.code }));
  return listen.apply(this, toLoopback(args));
};

// Not process.exit: the emulator replaces it by a graceful end that waits for open connections without a limit. It has nothing to save.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
