import { defineApplication, type ApplicationDefinition } from '../../../src/application/definition.ts';
import { memoryEgress } from '../../../src/connectors/memory/memory-egress.ts';
import type { Egress } from '../../../src/egress/egress.ts';
import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import { typedValue } from '../../../src/envelope/typed-value-event.ts';
import type { Downstream } from '../../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../../src/forwarders/forwarder-decorator.ts';
import type { Context } from '../../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import type { RemoteFunctions } from '../../../src/functions/remote/remote-function.ts';
import type { Ingress } from '../../../src/ingress/ingress.ts';
import { RequestReplyHandler } from '../../../src/request-reply/serving/request-reply-handler.ts';
import { StatefulFunctions } from '../../../src/request-reply/serving/functions/stateful-functions.ts';
import { decodeFromFunction } from '../../../src/request-reply/protocol/decode-response.ts';
import { encodeToFunction } from '../../../src/request-reply/protocol/request.ts';
import { PersistedList } from '../../../src/state/persisted-list.ts';
import { PersistedTable } from '../../../src/state/persisted-table.ts';
import { Persisted } from '../../../src/state/persisted.ts';

/** Uses everything a context has, with its own id in every place where an id can stand. */
@StatefunFunction('ids/hub')
export class HubFunction {
  @Persisted() private readonly known = PersistedTable.of<string>();

  @Handles('started')
  onStarted(event: CloudEvent, context: Context): void {
    const { id } = context.self;
    this.known.set(id, id);
    const note = { type: 'noted', data: { id } };
    context.send('ids/sink', id, note);
    context.sendAfter(0, 'ids/sink', id, { ...note, type: 'delayed' }, { cancellationToken: id });
    context.sendAfter(60_000, 'ids/sink', id, note, { cancellationToken: `${id}!` });
    context.cancelDelayed(`${id}!`);
    context.subscribe('ids/source', id, { correlationId: id });
    context.send('ids/remote', id, typedValue('io.statefun.types/string', id));
    context.egress('ids/out', note);
    context.egress('ids/out', event, { key: id });
  }

  @Handles('published')
  onPublished(event: CloudEvent, context: Context): void {
    context.unsubscribe('ids/source', context.self.id);
    context.send('ids/sink', context.self.id, event);
  }

  @Handles('io.statefun.types/string')
  onAnswer(event: CloudEvent<string>, context: Context): void {
    context.send('ids/sink', event.data, { type: 'answered', data: { id: event.data } });
  }
}

@StatefunFunction('ids/source')
export class SourceFunction {
  @Handles('started')
  onStarted(_event: CloudEvent, context: Context): void {
    context.publish({ type: 'published', data: { id: context.self.id } });
  }
}

/** Keeps what reached it: the type of each event and its decoded source. */
@StatefunFunction('ids/sink')
export class SinkFunction {
  @Persisted() private readonly seen = PersistedList.of<string>();

  @Handles()
  on(event: CloudEvent<{ readonly id: string }>, context: Context): void {
    const isMine = event.data.id === context.self.id && context.caller?.id === context.self.id;
    this.seen.append(`${event.type} ${isMine ? decodeURIComponent(event.source) : 'of another'}`);
  }
}

@Forwarder()
class ById {
  accept(): boolean {
    return true;
  }

  forward(event: CloudEvent<{ readonly id: string }>, downstream: Downstream): void {
    downstream.send(event.subject === 'source' ? SourceFunction : HubFunction, event.data.id, event, { partitionKey: event.data.id });
  }
}

/** A function behind the bytes of the protocol: it answers every text with the id of the caller. */
export function remoteEcho(): RemoteFunctions {
  const functions = new StatefulFunctions();
  functions.bind('ids/remote', (context, message) => {
    if (message.asString() !== context.self.id) throw new Error('the value is not that of the address');
    context.reply(context.caller?.id ?? '');
  });
  const handler = new RequestReplyHandler(functions);
  return {
    functions: 'ids/remote',
    policy: { callBudgetMs: 1_000, batchMessagesMax: 10, onFailure: 'dead-letter', whenUnavailable: 'fail' },
    connect: () => ({
      description: 'this process',
      call: async (batch) => decodeFromFunction(await handler.handle(encodeToFunction(batch))),
      close: () => Promise.resolve(),
    }),
  };
}

export function idsApplication(ingress: readonly Ingress[], egress: Egress = memoryEgress('ids/out')): ApplicationDefinition {
  const functions = [HubFunction, SourceFunction, SinkFunction];
  return defineApplication({ name: 'ids', functions, forwarders: [ById], remote: [remoteEcho()], ingress, egress: [egress] });
}

/** What the sink of an id holds once the hub and the source of the id have been started. */
export function expectedSeen(id: string): readonly string[] {
  const hub = `/ids/hub/${id}`;
  return [`noted ${hub}`, `delayed ${hub}`, `answered ${hub}`, `published /ids/source/${id}`];
}
