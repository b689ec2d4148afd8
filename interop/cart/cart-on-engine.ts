import { defineApplication, runApplication, type ModuleDefinition } from 'statefun';
import { memoryEgress, memoryIngress } from 'statefun/connectors';
import { MemoryStore } from 'statefun/storage';
import type { CartPhases } from './cart-phases.ts';
import { CartStatuses } from './cart-statuses.ts';

const cartModuleUrl = new URL('../../../examples/shopping-cart/dist/cart-module.js', import.meta.url);
const egressId = 'example/cart-status';

export interface CartRun {
  readonly statuses: CartStatuses;
  /** How many have left after each phase. */
  readonly countAfterPhase: readonly number[];
}

/** The shopping cart on the embedded engine: what must come out. */
export async function runCartOnEngine(phases: CartPhases): Promise<CartRun> {
  // The example is a package of its own, built before this runs; only its module is taken.
  const { cartModule } = (await import(cartModuleUrl.href)) as { cartModule: ModuleDefinition };
  const ingress = memoryIngress();
  const egress = memoryEgress(egressId);
  const application = defineApplication({
    name: 'shopping-cart',
    modules: [cartModule],
    ingress: [ingress],
    egress: [egress],
    // As the example has it.
    subscriptions: { eventType: 'example.function-subscription', sourcePrefix: 'http://stateful_functions.example.com/' },
  });
  const running = await runApplication(application, { store: new MemoryStore() });
  const countAfterPhase: number[] = [];
  for (const events of phases.phases()) {
    await ingress.put(events.map(({ key, json }) => ({ data: Buffer.from(json), key })));
    await running.whenQuiet();
    countAfterPhase.push(egress.events.length);
  }
  const { deadLetters } = running.statistics();
  if (deadLetters > 0) throw new Error(`${deadLetters} dead letters: ${running.deadLetters()[0]?.reason ?? ''}`);
  await running.stop();
  const statuses = new CartStatuses();
  for (const event of egress.events) statuses.add(JSON.stringify(event));
  return { statuses, countAfterPhase };
}
