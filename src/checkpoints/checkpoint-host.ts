import type { Begun } from './checkpoint-service.ts';
import type { CheckpointReport, CheckpointSource } from './checkpointer.ts';

/** Where the lease and the checkpoints of an engine are worked on: a thread, or the calling one. See {@link CheckpointService}. */
export interface CheckpointHost {
  begin(): Promise<Begun>;
  checkpoint(source: CheckpointSource): Promise<CheckpointReport>;
  renew(): Promise<void>;
  end(options: { readonly free: boolean }): Promise<void>;
}
