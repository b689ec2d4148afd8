package statefun.peers;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.math.BigDecimal;

/** One line of a cart: a Flink POJO, and a part of the cart status. */
@JsonPropertyOrder({"productId", "originPrice", "quantity", "currentPrice", "availability"})
public class CartItem {
  public String productId;
  public BigDecimal originPrice;
  public int quantity;
  public BigDecimal currentPrice;
  public String availability;

  public CartItem() {}
}
