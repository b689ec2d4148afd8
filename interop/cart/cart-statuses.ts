/** What the carts have told, each cart its own in order. */
export class CartStatuses {
  count = 0;
  private readonly byCart = new Map<string, string[]>();

  /** An event as CloudEvents JSON. Its id and time are not compared: Flink tells functions no position, so ids have another origin there. */
  add(json: string): void {
    // The egress of the carts has events of this type only, and what it has else shows as a difference.
    const { type, source, data } = JSON.parse(json) as { type: string; source: string; data: { cartId: string } };
    this.byCart.set(data.cartId, [...(this.byCart.get(data.cartId) ?? []), JSON.stringify({ type, source, data })]);
    this.count += 1;
  }

  assertSame(expected: CartStatuses): void {
    const carts = new Set([...this.byCart.keys(), ...expected.byCart.keys()]);
    const different = [...carts].filter((cart) => this.of(cart) !== expected.of(cart));
    if (different.length === 0) return;
    const [first = ''] = different;
    throw new Error(`${different.length} carts differ; ${first}:\nexpected\n${expected.of(first)}\nbut got\n${this.of(first)}`);
  }

  private of(cart: string): string {
    return (this.byCart.get(cart) ?? []).join('\n');
  }
}
