package statefun.peers;

import java.math.BigDecimal;

/** What is known about a product: a Flink POJO, and the data of a product event. */
public class ProductState {
  public String id;
  public String title;
  public String description;
  public BigDecimal price;
  public String availability;

  public ProductState() {}
}
