package statefun.peers;

import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/** A Flink POJO: without the factory Flink would use Kryo for the map. */
public class CartState {
  public String id;

  @TypeInfo(ItemsFactory.class)
  public Map<String, CartItem> items = new HashMap<>();

  public CartState() {}

  public static final class ItemsFactory extends TypeInfoFactory<Map<String, CartItem>> {
    @Override
    public TypeInformation<Map<String, CartItem>> createTypeInfo(Type type, Map<String, TypeInformation<?>> parameters) {
      return Types.MAP(Types.STRING, Types.POJO(CartItem.class));
    }
  }
}
