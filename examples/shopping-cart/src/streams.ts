/** The stream that product and cart events come from; EVENTS_INGRESS_STREAM_DEFAULT names another. */
export const ingressStream = 'example-ingress-stream';

/** The stream that cart-status events go to; EVENTS_EGRESS_STREAM_DEFAULT names another. */
export const egressStream = 'example-egress-stream';
