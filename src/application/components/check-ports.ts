import type { Egress } from '../../egress/egress.ts';
import type { Ingress } from '../../ingress/ingress.ts';
import { ensureFunctionType } from '../../shared/address.ts';
import { describe, StatefunError } from '../../shared/errors.ts';

/** Returns the mistakes in a list of ingresses. */
export function checkIngress(list: readonly Ingress[]): readonly StatefunError[] {
  const ids = new Map<string, Ingress>();
  return list.flatMap((ingress) => {
    if (!hasMethods(ingress, ['start', 'stop']) || typeof ingress.id !== 'string' || ingress.id === '') {
      return [new StatefunError('INGRESS_INVALID', `${describe(ingress)} is not an ingress.`)];
    }
    const before = ids.get(ingress.id);
    ids.set(ingress.id, ingress);
    if (before === undefined) return [];
    const summary = `two ingresses have the id "${ingress.id}": ${before.description} and ${ingress.description}.`;
    return [new StatefunError('DUPLICATE_INGRESS_NAME', summary, { facts: { id: ingress.id } })];
  });
}

/** Returns the mistakes in a list of egresses. */
export function checkEgress(list: readonly Egress[]): readonly StatefunError[] {
  const ids = new Map<string, Egress>();
  return list.flatMap((egress) => {
    if (!hasMethods(egress, ['start', 'send', 'stop']))
      return [new StatefunError('EGRESS_INVALID', `${describe(egress)} is not an egress.`)];
    try {
      ensureFunctionType(egress.id, 'the id of an egress');
    } catch (thrown) {
      if (!StatefunError.is(thrown)) throw thrown;
      return [thrown];
    }
    const before = ids.get(egress.id);
    ids.set(egress.id, egress);
    if (before === undefined) return [];
    const summary = `two egresses have the id "${egress.id}": ${before.description} and ${egress.description}.`;
    return [new StatefunError('DUPLICATE_EGRESS_ID', summary, { facts: { id: egress.id } })];
  });
}

function hasMethods(value: unknown, methods: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return methods.every((method) => typeof (value as Readonly<Record<string, unknown>>)[method] === 'function');
}
