import { X509Certificate } from 'node:crypto';

/**
 * Whether a PEM text begins with a certificate that can be read. TLS takes an authority without one and says nothing: an empty text stands for the
 * authorities of the system then, and anything else for none.
 */
export function holdsCertificate(pem: string | Uint8Array): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
