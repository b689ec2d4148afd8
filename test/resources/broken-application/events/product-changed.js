import { eventType } from 'statefun';

const validate = (value) => (typeof value?.price === 'number' ? { value } : { issues: [{ message: 'a price is missing', path: ['price'] }] });

export const ProductChanged = eventType('example.product', { '~standard': { version: 1, vendor: 'example', validate } });
