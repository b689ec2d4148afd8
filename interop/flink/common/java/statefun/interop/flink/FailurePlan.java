package statefun.interop.flink;

import java.io.Serializable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * When an ingress fails: as often as asked, each time after a checkpoint has completed and more records have left since, so that a failure
 * always takes back work that was done. The count of failures lives as long as the JVM: what a failure rolls back must not forget it.
 */
final class FailurePlan implements Serializable {
  private static final long serialVersionUID = 1L;

  /** So many records leave between a checkpoint and the failure that follows it. */
  private static final int RECORDS_LOST_BY_A_FAILURE = 200;

  private static final AtomicInteger failuresSoFar = new AtomicInteger();

  private final int failures;
  private final int failAfter;

  // Of one run between two failures: a restart deserializes the plan anew.
  private transient int records;
  private transient int recordsSinceCheckpoint;
  private transient volatile boolean checkpointCompleted;

  FailurePlan(int failures, int failAfter) {
    this.failures = failures;
    this.failAfter = failAfter;
  }

  /** Whether the next record has to wait for the checkpoint that the failure is to follow. Throws when the failure is due. */
  boolean waitsForCheckpoint() {
    if (failuresSoFar.get() >= failures || records < failAfter) return false;
    if (checkpointCompleted && recordsSinceCheckpoint >= RECORDS_LOST_BY_A_FAILURE) fail();
    return !checkpointCompleted;
  }

  void recordLeft() {
    records += 1;
    if (checkpointCompleted) recordsSinceCheckpoint += 1;
  }

  void checkpointCompleted() {
    checkpointCompleted = true;
  }

  private void fail() {
    int number = failuresSoFar.incrementAndGet();
    System.out.println("failure " + number + " after " + records + " records");
    throw new IllegalStateException("failure " + number + ", as asked for");
  }
}
