package statefun.peers;

/** An address that is subscribed to a product: a Flink POJO. */
public class Subscriber {
  public String namespace;
  public String type;
  public String id;

  public Subscriber() {}
}
