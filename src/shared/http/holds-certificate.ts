import { X509Certificate } from 'node:crypto';

/**
 * Returns whether a PEM text begins with a readable certificate. TLS accepts an authority without one and reports nothing: it then trusts the
 * authorities of the system for an empty text, and none for any other.
 */
export function holdsCertificate(pem: string | Uint8Array): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
