import type { experimental } from '@grpc/grpc-js';

/**
 * Certificates for grpc-js that may be exchanged while it serves: connections made afterwards see the new ones.
 * A new listener hears later, not within its call: grpc-js' credentials would lose what they hear before they have
 * noted who watches them.
 */
export class TlsProvider implements experimental.CertificateProvider {
  #identity: experimental.IdentityCertificateUpdate;
  #authorities: experimental.CaCertificateUpdate;
  readonly #identityListeners = new Set<experimental.IdentityCertificateUpdateListener>();
  readonly #authorityListeners = new Set<experimental.CaCertificateUpdateListener>();

  constructor(key: string, certificateChain: string, authorities: string) {
    this.#identity = identityOf(key, certificateChain);
    this.#authorities = { caCertificate: Buffer.from(authorities) };
  }

  /** PEM, each. */
  update(key: string, certificateChain: string, authorities: string): void {
    this.#identity = identityOf(key, certificateChain);
    this.#authorities = { caCertificate: Buffer.from(authorities) };
    for (const listener of this.#identityListeners) listener(this.#identity);
    for (const listener of this.#authorityListeners) listener(this.#authorities);
  }

  addCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#authorityListeners.add(listener);
    queueMicrotask(() => listener(this.#authorities));
  }

  removeCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#authorityListeners.delete(listener);
  }

  addIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.#identityListeners.add(listener);
    queueMicrotask(() => listener(this.#identity));
  }

  removeIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.#identityListeners.delete(listener);
  }
}

function identityOf(key: string, certificateChain: string): experimental.IdentityCertificateUpdate {
  return { certificate: Buffer.from(certificateChain), privateKey: Buffer.from(key) };
}
