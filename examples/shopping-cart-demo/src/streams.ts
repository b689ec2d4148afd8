// The shopping cart reads EVENTS_INGRESS_STREAM_DEFAULT and EVENTS_EGRESS_STREAM_DEFAULT; the demo gives it these names.
export const ingressStream = 'example-ingress-stream';
export const egressStream = 'example-egress-stream';
