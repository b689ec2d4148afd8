import { eventType } from 'statefun';
import { z } from 'zod';

const productSchema = z.object({
  id: z.string().min(1),
  title: z.string(),
  description: z.string(),
  price: z.number(),
  availability: z.enum(['IN_STOCK', 'OUT_OF_STOCK', 'DISCONTINUED']),
});

/** What the shop knows about a product. */
export type Product = z.infer<typeof productSchema>;

/** A product is new, or something about it is different. Comes from the product service, and from the product function to its subscribers. */
export const ProductChanged = eventType('example.product', productSchema, {
  source: 'http://stateful_functions.example.com/product-function',
});
