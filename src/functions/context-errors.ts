import { formatAddress, type Address } from '../shared/address.ts';
import { StatefunError } from '../shared/errors.ts';

export function attemptEnded(method: string, address: Address): StatefunError {
  const summary = `context.${method} was called at ${formatAddress(address)} after its attempt ended.`;
  return new StatefunError('ATTEMPT_ENDED', summary, { facts: { address, method } });
}

export function noCaller(messageId: string, address: Address): StatefunError {
  return new StatefunError('NO_CALLER', `message ${messageId} at ${formatAddress(address)} has no caller to reply to.`);
}

export function tokenInUse(token: string, address: Address): StatefunError {
  const summary = `the cancellation token "${token}" is pending at ${formatAddress(address)}.`;
  return new StatefunError('DELAYED_TOKEN_IN_USE', summary, { facts: { token, address } });
}
