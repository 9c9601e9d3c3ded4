/** What a TLS server shows of itself, and how it speaks: for a listener, and for the client side of an intercepted tunnel. */
import type { SecureContext, SecureContextOptions, TLSSocketOptions } from 'node:tls';
import type { Failure, Result } from '../contract/errors';

/** Where the certificates of a server come from. */
export interface ServerIdentity {
  /** What to show a client that asks for this host. Fails with `TLS_HOST`. */
  contextFor(host: string): Result<SecureContext>;
}

/** RFC 8996: what came before TLS 1.2 is not to be spoken. */
export const CONTEXT_OPTIONS: SecureContextOptions = { minVersion: 'TLSv1.2' };

/** All we speak. A client that offers others alone gets the alert no_application_protocol (RFC 7301 §3.2). */
export const ALPN_PROTOCOLS: readonly string[] = ['http/1.1'];

/** A host name that no certificate is made for, as the error that ends a handshake. */
export class RefusedServerName extends Error {
  constructor(readonly failure: Failure) {
    super(failure.code);
    this.name = 'RefusedServerName';
  }
}

/**
 * What makes a socket the server's side of TLS: `new TLSSocket(socket, options)`. The client names the host it wants
 * (SNI, RFC 6066 §3); one that names none, as for an IP address, is shown `host`.
 */
export function serverTlsOptions(identity: ServerIdentity, host: string): Result<TLSSocketOptions> {
  const shown = identity.contextFor(host);
  if (!shown.ok) return shown;
  return {
    ok: true,
    value: {
      isServer: true,
      secureContext: shown.value,
      ALPNProtocols: [...ALPN_PROTOCOLS],
      SNICallback: (name, done) => {
        const named = identity.contextFor(name);
        if (named.ok) done(null, named.value);
        else done(new RefusedServerName(named.error));
      },
    },
  };
}
