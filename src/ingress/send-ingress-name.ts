/** The ingress of `statefun send`. Positions are kept under this name, so it must not change; no ingress of an application may use it. */
export const sendIngressName = '$send';
