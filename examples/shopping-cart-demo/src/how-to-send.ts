/** A product of the events that the demo has played. */
const productId = '8f8339b5-6810-4c10-ae52-5262eb369f6e';

/** How to send one more event to a demo that keeps running. */
export function formatHowToSend(endpoint: string): string {
  const event = {
    type: 'example.product',
    data: { id: productId, title: 'Widget', description: 'A widget for every purpose', price: 39.99, availability: 'IN_STOCK' },
  };
  return `
Running until Ctrl-C. In another terminal, in the folder of the project, change the price:

  npm run send --workspace examples/shopping-cart-demo -- --endpoint ${endpoint} '${JSON.stringify(event)}'

and the cart-status event appears here.`;
}
