/** Id of the ingress of `statefun send`. Positions are stored under it, so it must not change. No ingress of an application may use it. */
export const sendIngressName = '$send';
