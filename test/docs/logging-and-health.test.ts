import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  defineApplication,
  eventType,
  Handles,
  inject,
  LoggerToken,
  runApplication,
  StatefunFunction,
  type Context,
  type EventOf,
  type HealthIndicator,
  type Logger,
  type RunningApplication,
} from 'statefun';
import type { HealthStatus } from 'statefun/running';
import { MemoryStore } from 'statefun/storage';

// The code in docs/logging-and-health.md, and that it does what the document says.

// #region context
const OrderPlaced = eventType<{ total: number }>('shop.order-placed');

@StatefunFunction('shop/order')
export class OrderFunction {
  @Handles(OrderPlaced)
  onPlaced({ data }: EventOf<typeof OrderPlaced>, context: Context): void {
    context.logger.info('order placed', { total: data.total });
  }
}
// #endregion context

// #region injected
export class PriceList {
  constructor(@inject(LoggerToken) private readonly logger: Logger) {}

  reload(): void {
    this.logger.info('prices reloaded');
  }
}
// #endregion injected

// #region indicator
export class WarehouseHealth implements HealthIndicator {
  readonly name = 'warehouse';
  reachable = true;

  check(): HealthStatus {
    return this.reachable ? 'up' : 'down';
  }
}
// #endregion indicator

const warehouse = new WarehouseHealth();
const application = defineApplication({
  name: 'shop',
  functions: [OrderFunction],
  providers: [PriceList, { provide: WarehouseHealth, useValue: warehouse }],
  health: [WarehouseHealth],
});

// #region serve
export function serveHealth(running: RunningApplication, port: number): Server {
  const server = createServer((request, response) => {
    const report = request.url === '/livez' ? Promise.resolve(running.health.liveness()) : running.health.readiness();
    void report.then(({ status, components }) => {
      response.writeHead(status === 'up' ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status, components }));
    });
  });
  return server.listen(port, '127.0.0.1');
}
// #endregion serve

describe('docs/logging-and-health.md', () => {
  let running: RunningApplication | undefined;
  let server: Server | undefined;
  afterEach(async () => {
    server?.close();
    await running?.stop();
  });

  it('changes levels by name while the application runs', async () => {
    running = await runApplication(application, { store: new MemoryStore() });
    // #region levels
    running.loggers.setLevel('functions.shop', 'debug');
    running.loggers.setLevel('engine', 'warn');
    // #endregion levels
    expect(running.loggers.levelOf('functions.shop/order')).toBe('debug');
    expect(running.loggers.levelOf('engine')).toBe('warn');
    expect(running.loggers.levelOf('ingress.orders')).toBe(running.loggers.levelOf('root'));
  });

  it('serves liveness and readiness', async () => {
    running = await runApplication(application, { store: new MemoryStore() });
    server = serveHealth(running, 0);
    await new Promise((resolve) => server?.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);

    warehouse.reachable = false;
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ status: 'down', components: { warehouse: { status: 'down' }, engine: { status: 'up' } } });
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
  });
});
