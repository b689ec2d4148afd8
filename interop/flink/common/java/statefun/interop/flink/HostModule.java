package statefun.interop.flink;

import com.google.protobuf.Message;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.statefun.flink.io.datastream.SinkFunctionSpec;
import org.apache.flink.statefun.flink.io.datastream.SourceFunctionSpec;
import org.apache.flink.statefun.sdk.FunctionType;
import org.apache.flink.statefun.sdk.io.EgressIdentifier;
import org.apache.flink.statefun.sdk.io.IngressIdentifier;
import org.apache.flink.statefun.sdk.reqreply.generated.Address;
import org.apache.flink.statefun.sdk.reqreply.generated.FromFunction;
import org.apache.flink.statefun.sdk.reqreply.generated.TypedValue;
import org.apache.flink.statefun.sdk.spi.StatefulFunctionModule;

/** The ingress, its router and the egresses; the functions are remote, and named in module.yaml. */
public final class HostModule implements StatefulFunctionModule {
  static final String FOLDER = "interop.folder";
  static final String FAILURES = "interop.failures";
  static final String FAIL_AFTER = "interop.fail-after";

  /** Names of egresses to bind, separated by commas: namespace/name. */
  static final String EGRESSES = "interop.egresses";

  /** A router sends on what its ingress is typed by, and the messages of remote functions are of another type than what the ingress reads. */
  private static final IngressIdentifier<Message> INGRESS = new IngressIdentifier<>(Message.class, "interop", "messages");

  @Override
  public void configure(Map<String, String> configuration, Binder binder) {
    Path folder = Path.of(configuration.get(FOLDER));
    FailurePlan plan =
        new FailurePlan(Integer.parseInt(configuration.get(FAILURES)), Integer.parseInt(configuration.get(FAIL_AFTER)));
    binder.bindIngress(new SourceFunctionSpec<>(INGRESS, new FileIngress(folder.resolve("in.bin").toString(), plan)));
    binder.bindIngressRouter(
        INGRESS,
        (record, downstream) -> {
          FromFunction.Invocation message = (FromFunction.Invocation) record;
          Address target = message.getTarget();
          FunctionType type = new FunctionType(target.getNamespace(), target.getType());
          downstream.forward(type, target.getId(), message.getArgument());
        });
    for (String name : configuration.get(EGRESSES).split(",")) {
      String[] parts = name.split("/");
      EgressIdentifier<TypedValue> id = new EgressIdentifier<>(parts[0], parts[1], TypedValue.class);
      binder.bindEgress(new SinkFunctionSpec<>(id, new FileEgress(folder.resolve("out.bin").toString(), parts[0], parts[1])));
    }
  }
}
