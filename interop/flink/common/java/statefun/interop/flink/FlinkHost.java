package statefun.interop.flink;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.flink.statefun.flink.harness.Harness;

/**
 * Runs a StateFun application on the real runtime: Flink's local cluster in this JVM, with exactly-once checkpoints.
 *
 * <p>Arguments: the folder that holds module.yaml and in.bin and gets out.bin; the parallelism; how often the ingress fails; after how many
 * records it may fail; the egresses, separated by commas. The process ends with its standard input, so that none is left behind by a runner that was killed.
 */
public final class FlinkHost {
  private FlinkHost() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]).toAbsolutePath();
    endWithStandardInput();
    new Harness()
        .withFlinkJobName("interop")
        .withParallelism(Integer.parseInt(arguments[1]))
        .withGlobalConfiguration(HostModule.FOLDER, folder.toString())
        .withGlobalConfiguration(HostModule.FAILURES, arguments[2])
        .withGlobalConfiguration(HostModule.FAIL_AFTER, arguments[3])
        .withGlobalConfiguration(HostModule.EGRESSES, arguments[4])
        .withConfiguration("statefun.remote.module-name", folder.resolve("module.yaml").toUri().toString())
        .withConfiguration("execution.checkpointing.mode", "EXACTLY_ONCE")
        .withConfiguration("execution.checkpointing.interval", "2s")
        // The names of Flink 1, and those of Flink 2.
        .withConfiguration("state.backend", "hashmap")
        .withConfiguration("state.backend.type", "hashmap")
        .withConfiguration("state.checkpoints.dir", folder.resolve("checkpoints").toUri().toString())
        .withConfiguration("execution.checkpointing.dir", folder.resolve("checkpoints").toUri().toString())
        .withConfiguration("restart-strategy", "fixed-delay")
        .withConfiguration("restart-strategy.type", "fixed-delay")
        .withConfiguration("restart-strategy.fixed-delay.attempts", "10")
        .withConfiguration("restart-strategy.fixed-delay.delay", "1s")
        .withConfiguration("taskmanager.memory.network.max", "64mb")
        .start();
  }

  private static void endWithStandardInput() {
    Thread watcher =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // Nothing is said to this process: only the end counts.
                }
              } catch (IOException closed) {
                // The other side is gone, which is the same.
              }
              Runtime.getRuntime().halt(0);
            },
            "standard-input");
    watcher.setDaemon(true);
    watcher.start();
  }
}
