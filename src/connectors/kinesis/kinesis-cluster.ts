import type { ClusterEgress } from '../../egress/egress.ts';
import type { ClusterIngress } from '../../ingress/ingress.ts';
import type { KinesisClientOptions, KinesisSender } from './kinesis-connection.ts';
import { partitionKeyOf } from './put-queues.ts';
import type { KinesisStart } from './start-positions.ts';

// Describes the Kinesis connectors for Flink StateFun. Credentials are never included: they belong to the cluster.

type Client = KinesisSender | KinesisClientOptions | undefined;

export function clusterIngress(stream: string, start: KinesisStart, client: Client): ClusterIngress {
  return {
    kind: 'io.statefun.kinesis.v1/ingress',
    spec: (route) => ({ ...awsRegion(client), startupPosition: startupPosition(start), streams: [{ stream, ...route }] }),
  };
}

export function clusterEgress(stream: string, recordBytesMax: number, client: Client): ClusterEgress {
  const writes = { to: 'kinesis', stream, recordBytesMax, partitionKeyOf } as const;
  return { kind: 'io.statefun.kinesis.v1/egress', spec: awsRegion(client), writes };
}

function startupPosition(start: KinesisStart): Readonly<Record<string, unknown>> {
  if (start === 'TRIM_HORIZON') return { type: 'earliest' };
  if (start === 'LATEST') return { type: 'latest' };
  // The format of the StateFun runtime: yyyy-MM-dd HH:mm:ss.SSS Z.
  const date = new Date(start.at).toISOString().replace('T', ' ').replace('Z', ' +0000');
  return { type: 'date', date };
}

/** Returns the region, or nothing if the cluster is to find it by itself. */
function awsRegion(client: Client): Readonly<Record<string, unknown>> {
  if (client === undefined || 'send' in client) return {};
  const { region, endpoint } = client;
  if (endpoint !== undefined) return { awsRegion: { type: 'custom-endpoint', endpoint, id: region ?? 'us-east-1' } };
  return region === undefined ? {} : { awsRegion: { type: 'specific', id: region } };
}
