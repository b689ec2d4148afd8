import type { AddressedEnvelope } from '../../envelope/addressed-envelope.ts';
import { defineApplication, type ApplicationDefinition } from '../definition.ts';
import { KinesisIngress } from '../../connectors/kinesis/kinesis-ingress.ts';
import { KinesisStreamsEgress } from '../../connectors/kinesis/kinesis-streams-egress.ts';
import { PlaygroundEgress } from '../../connectors/http/playground-egress.ts';
import { PlaygroundIngress } from '../../connectors/http/playground-ingress.ts';
import type { Egress } from '../../egress/egress.ts';
import { Envelope } from '../../envelope/envelope.ts';
import type { Ingress, IngressRecord } from '../../ingress/ingress.ts';
import { remoteFunctions } from '../../request-reply/calling/remote-functions.ts';
import { decodeKinesisRecord, kinesisRecordTypename, type KinesisRecord } from '../../request-reply/protocol/egress-records.ts';
import type { KinesisIngressSpec, ModuleDescription, StreamRoute } from '../../request-reply/module-file/module-description.ts';
import { ensureAddressId } from '../../shared/address.ts';
import type { ConnectorSettings } from '../../shared/connector-settings.ts';
import { StatefunError } from '../../shared/errors.ts';
import type { TypedValue } from '../../shared/typed-value.ts';

/** Creates the application that a module file without mistakes describes. */
export function moduleFileApplication({ endpoints, ingress, egress }: ModuleDescription): ApplicationDefinition {
  return defineApplication({
    remote: endpoints.map(remoteFunctions),
    ingress: ingress.flatMap((spec): readonly Ingress[] =>
      spec.kind === 'playground' ? [new PlaygroundIngress(spec.port, spec.host)] : kinesisIngresses(spec),
    ),
    egress: egress.map((spec): Egress => {
      if (spec.kind === 'playground') return new PlaygroundEgress(spec.port, spec.topics, spec.host);
      return new KinesisStreamsEgress(spec.id, (value) => readKinesisRecord(spec.id, value), { client: spec.connection });
    }),
  });
}

/** Returns one ingress for each stream; an ingress of a module file may have several streams. */
function kinesisIngresses({ id, connection, start, streams }: KinesisIngressSpec): readonly Ingress[] {
  return streams.map(
    (route) =>
      new ModuleFileKinesisIngress({
        id: `${id}/${route.stream}`,
        stream: route.stream,
        start,
        client: connection,
        route: (record) => messagesOf(record, route),
      }),
  );
}

/** An ingress whose stream and start come from the module file, so it ignores the settings for them. */
class ModuleFileKinesisIngress extends KinesisIngress {
  override configure({ values, fallbacks }: ConnectorSettings): void {
    super.configure({ values: { ...values, 'kinesis.ingress-stream': undefined, 'kinesis.start': undefined }, fallbacks });
  }
}

/** Routes a record as Flink does: one message for each target, with the key of the record as id and the bytes unchanged. */
function messagesOf({ key, data }: IngressRecord, { valueType, targets }: StreamRoute): readonly AddressedEnvelope[] {
  return targets.map((type) => ({
    target: { type, id: ensureAddressId(key, type) },
    envelope: Envelope.ofTypedValue({ typename: valueType, hasValue: true, value: data }, { partitionKey: key }),
  }));
}

function readKinesisRecord(egressId: string, { typename, value }: TypedValue): KinesisRecord<Uint8Array> {
  if (typename === kinesisRecordTypename) {
    const record = decodeKinesisRecord(value);
    if (record.stream !== '' && record.partitionKey !== '') return record;
  }
  const what = typename === kinesisRecordTypename ? 'names no stream, or no partition key' : `has the type "${typename}"`;
  throw new StatefunError('EGRESS_RECORD_REFUSED', `the egress ${egressId} cannot take a record that ${what}.`, { facts: { egressId } });
}
