/*
 * The process that is killed: runs a workload from a file to a file until everything is done, then writes what it ended with.
 *
 *   node child.js <workload> <folder>      the folder holds events.jsonl; egress.jsonl, state/ and result.json are written
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineApplication, fileEgress, fileIngress, runApplication, type Address, type ModuleDefinition } from 'statefun';
import { ledgerAddresses, ledgerModule } from './ledger.ts';

interface Workload {
  readonly modules: readonly ModuleDefinition[];
  readonly egressId: string;
  readonly addresses: readonly Address[];
}

const cartModuleUrl = new URL('../../../examples/shopping-cart/dist/cart-module.js', import.meta.url);

async function loadWorkload(name: string): Promise<Workload> {
  if (name === 'ledger') return { modules: [ledgerModule], egressId: 'ledger/receipts', addresses: ledgerAddresses };
  // The example is a package of its own, built before this runs; only its module is taken.
  const { cartModule } = (await import(cartModuleUrl.href)) as { cartModule: ModuleDefinition };
  const addresses = [
    { type: 'example/product', id: '8f8339b5-6810-4c10-ae52-5262eb369f6e' },
    { type: 'example/cart', id: 'b0173b21-1609-4a1f-a7c9-0985c79e91e2' },
  ];
  return { modules: [cartModule], egressId: 'example/cart-status', addresses };
}

async function run(name: string, folder: string): Promise<void> {
  const workload = await loadWorkload(name);
  const application = defineApplication({
    name,
    modules: workload.modules,
    ingress: [fileIngress({ path: join(folder, 'events.jsonl'), name: 'events' })],
    egress: [fileEgress(workload.egressId, { path: join(folder, 'egress.jsonl') })],
  });
  const running = await runApplication(application, { stateFolder: join(folder, 'state') });
  process.send?.('started');
  for (let done = false; !done;) {
    await running.whenQuiet();
    const { messagesPending, messagesDelayed } = running.statistics();
    done = running.ingressFinished && messagesPending === 0 && messagesDelayed === 0;
    if (!done) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const state: Record<string, unknown> = {};
  for (const address of workload.addresses) state[`${address.type}/${address.id}`] = await running.state(address.type, address.id);
  const deadLetters = running.deadLetters().map(({ code, ingress, messageId }) => ({ code, identity: ingress?.identity, messageId }));
  await running.stop();
  writeFileSync(join(folder, 'result.json'), JSON.stringify({ state, deadLetters }));
}

const [name = '', folder = ''] = process.argv.slice(2);
run(name, folder).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
