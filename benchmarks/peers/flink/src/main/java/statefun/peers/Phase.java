package statefun.peers;

/** What the source emits: events of the file, at once or at an even rate; or a question to each of their carts for what it holds. */
final class Phase {
  final int from;
  final int to;
  final double eventsPerSecond;
  final long startNanos;
  final boolean asksCarts;

  private Phase(int from, int to, double eventsPerSecond, long startNanos, boolean asksCarts) {
    this.from = from;
    this.to = to;
    this.eventsPerSecond = eventsPerSecond;
    this.startNanos = startNanos;
    this.asksCarts = asksCarts;
  }

  static Phase atOnce(int from, int to) {
    return new Phase(from, to, 0, 0, false);
  }

  static Phase paced(int from, int to, double eventsPerSecond, long startNanos) {
    return new Phase(from, to, eventsPerSecond, startNanos, false);
  }

  static Phase askCarts(int from, int to) {
    return new Phase(from, to, 0, 0, true);
  }

  boolean isPaced() {
    return eventsPerSecond > 0;
  }

  long dueNanos(int index) {
    return startNanos + (long) ((index - from) * 1e9 / eventsPerSecond);
  }
}
