import { PutRecordCommand, type KinesisClient } from '@aws-sdk/client-kinesis';

/** Puts an event into a stream. Records with the same key stay in order: here those of one service. */
export async function putEvent(client: KinesisClient, stream: string, text: string, key: string): Promise<void> {
  await client.send(new PutRecordCommand({ StreamName: stream, PartitionKey: key, Data: new TextEncoder().encode(text) }));
}
