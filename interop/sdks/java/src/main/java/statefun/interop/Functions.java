package statefun.interop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import org.apache.flink.statefun.sdk.java.StatefulFunctions;
import org.apache.flink.statefun.sdk.java.handler.RequestReplyHandler;
import org.apache.flink.statefun.sdk.java.slice.Slices;

/** A command interpreter and a greeter with the official Java SDK. Usage: Functions PORT */
public final class Functions {
  private Functions() {}

  public static void main(String[] arguments) throws IOException {
    endWithStandardInput();
    RequestReplyHandler handler =
        new StatefulFunctions().withStatefulFunction(Interpreter.SPEC).withStatefulFunction(Greeter.SPEC).requestReplyHandler();
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
    // Without it every answer waits for the acknowledgement of its head, which is 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer server = HttpServer.create(address, 0);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext("/", exchange -> answer(handler, exchange));
    server.start();
    System.out.println("ready");
  }

  private static void answer(RequestReplyHandler handler, HttpExchange exchange) throws IOException {
    byte[] request = exchange.getRequestBody().readAllBytes();
    byte[] answer;
    try {
      answer = handler.handle(Slices.wrap(request)).join().toByteArray();
    } catch (RuntimeException failure) {
      failure.printStackTrace();
      exchange.sendResponseHeaders(500, -1);
      return;
    }
    exchange.getResponseHeaders().set("content-type", "application/octet-stream");
    exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(answer);
    }
  }

  /** What started this process holds its standard input; when it is gone, so is the reason to go on. */
  private static void endWithStandardInput() {
    Thread watcher =
        new Thread(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
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
