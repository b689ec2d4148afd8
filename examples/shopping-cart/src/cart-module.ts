import { defineModule } from 'statefun';

/** The functions of the shopping cart and the forwarders that reach them. */
export const cartModule = defineModule({
  name: 'cart',
  scan: [new URL('./functions/', import.meta.url), new URL('./forwarders/', import.meta.url)],
});
