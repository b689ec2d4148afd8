// An application with ten mistakes, for `statefun check`: each of its files says which one it makes. Plain JavaScript, so that it needs no
// build; decorators are called as the functions that they are.
import { defineApplication } from 'statefun';

export default defineApplication({
  name: 'broken',
  scan: [new URL('./functions/', import.meta.url), new URL('./forwarders/', import.meta.url)],
  providers: [
    { provide: 'price-rounding', useValue: Math.round },
    // Mistake: these two need each other.
    { provide: 'catalogue', useFactory: (warehouse) => ({ warehouse }), inject: ['warehouse'] },
    { provide: 'warehouse', useFactory: (catalogue) => ({ catalogue }), inject: ['catalogue'] },
  ],
});
