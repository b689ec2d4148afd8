export { createKinesisClient } from './connectors/kinesis/kinesis-client.ts';
export type { KinesisClientOptions, KinesisCredentials, KinesisSender } from './connectors/kinesis/kinesis-connection.ts';
export { startEmbeddedKinesis, type EmbeddedKinesis, type EmbeddedKinesisOptions } from './connectors/kinesis/embedded-kinesis.ts';
export type { EmbeddedStream } from './connectors/kinesis/embedded-streams.ts';
export { kinesisEgress, type KinesisEgressOptions } from './connectors/kinesis/kinesis-egress.ts';
export { kinesisIngress, type KinesisIngressOptions } from './connectors/kinesis/kinesis-ingress.ts';
export type { KinesisStart } from './connectors/kinesis/start-positions.ts';
