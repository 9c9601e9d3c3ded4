/** What can go wrong with certificates and handshakes, of the local CA, of clients and of servers (`TLS_`). */
import type { ErrorEntry } from '../error-entry';

/** What is left to whoever knows the server. */
const OR_UNVERIFIED =
  'or take it unverified: by --insecure for an intercepted host, by "verify": false for an upstream.';

export const TLS_ERRORS = {
  TLS_CA_UNUSABLE: {
    status: null,
    title: 'The local CA in {path} cannot be used ({reason}).',
    hint: 'Mend it, or move ca.pem and ca-key.pem away: a new CA is made then, which every client has to be told to trust.',
  },
  TLS_CA_WRITE_FAILED: {
    status: null,
    title: 'The local CA could not be made in {path} ({reason}).',
    hint: 'See that the folder may be written to and lies on a disk with room and with file permissions.',
  },
  TLS_CA_KEY_EXPOSED: {
    status: null,
    title: 'The key of the local CA, {path}, could be read by others (mode {mode}); now it cannot.',
    hint: 'Where others use this machine, remove the CA from what trusts it and move both of its files away.',
  },
  TLS_FILE_UNREADABLE: {
    status: null,
    title: 'The file {path} cannot be read ({reason}).',
    hint: 'See whether it is there and may be read.',
  },
  TLS_NO_CERTIFICATE: {
    status: null,
    title: 'The file {path} holds no certificate in PEM form ({reason}).',
    hint: 'Give a file with a line "-----BEGIN CERTIFICATE-----"; openssl x509 -inform der turns DER into it.',
  },
  TLS_NO_KEY: {
    status: null,
    title: 'The file {path} holds no private key in PEM form ({reason}).',
    hint: 'Give a file with a line "-----BEGIN PRIVATE KEY-----"; openssl pkey -inform der turns DER into it.',
  },
  TLS_KEY_ENCRYPTED: {
    status: null,
    title: 'The private key in {path} is encrypted.',
    hint: 'Give one without a password: openssl pkey -in key.pem -out plain-key.pem asks for it once.',
  },
  TLS_KEY_MISMATCH: {
    status: null,
    title: 'The private key in {key} is not the one of the first certificate in {certificate}.',
    hint: 'Give the key the certificate was made for; in a chain the certificate of the server stands first.',
  },
  TLS_CERTIFICATE_REFUSED: {
    status: null,
    title: 'The TLS library refuses the certificate {path} or its key ({reason}).',
    hint: 'Give a certificate with a key of today: ECDSA on P-256, or RSA with 2048 bits or more.',
  },
  TLS_CERTIFICATE_DATES: {
    status: null,
    title: 'The certificate {path} is valid from {from} to {until}, which is not now.',
    hint: 'It is shown all the same, and clients will refuse it; renew it, or set the clock of this machine.',
  },
  TLS_HOST: {
    status: null,
    title: '"{host}" is no host name and no address that a certificate could be made for.',
    hint: 'Let the client ask for a name of letters, digits, "-" and "_" between dots, or an IP address.',
    rfc: 'RFC 5280 §4.2.1.6',
  },
  TLS_CLIENT_DISTRUSTS: {
    status: null,
    title: 'The client does not trust the certificate it was shown ({reason}).',
    hint: 'Install the local CA where this client looks for it and start the client anew; one that pins certificates takes no other.',
    rfc: 'RFC 8446 §6.2',
  },
  TLS_CLIENT_QUIT: {
    status: null,
    title: 'The client ended the connection right after the handshake, before any request.',
    hint: 'Node does so over TLS 1.2 when it does not trust the certificate: install the local CA; browsers do so with spare connections.',
    rfc: 'RFC 8446 §6.1',
  },
  TLS_CLIENT_LEFT: {
    status: null,
    title: 'The client ended the connection in the middle of the TLS handshake ({reason}).',
    hint: 'A client that does not trust the certificate may leave without a word, as Node does: install the local CA where it looks for it.',
    rfc: 'RFC 8446 §6.1',
  },
  TLS_CLIENT_SLOW: {
    status: null,
    title: 'The client did not finish the TLS handshake in time.',
    hint: 'See what keeps it, such as a question to its user whether to trust the certificate, or raise the head timeout.',
  },
  TLS_CLIENT_ALPN: {
    status: null,
    title: 'The client offers no protocol that is spoken here: that is http/1.1 alone.',
    hint: 'Let it offer http/1.1 too, or HTTP/2 not alone (curl: --http1.1).',
    rfc: 'RFC 7301 §3.2',
  },
  TLS_CLIENT_VERSION: {
    status: null,
    title: 'The client speaks no version of TLS that is spoken here: those are 1.2 and 1.3.',
    hint: 'Let the client use TLS 1.2 or newer; what came before is broken.',
    rfc: 'RFC 8996 §5',
  },
  TLS_CLIENT_CIPHERS: {
    status: null,
    title: 'The client offers no cipher, curve or signature that goes with the certificate it was shown.',
    hint: 'Let it offer ECDSA on P-256 with AES-GCM, or give a certificate with an RSA key.',
    rfc: 'RFC 8446 §6.2',
  },
  TLS_CLIENT_PLAIN: {
    status: 400,
    title: 'The client does not speak TLS, which this port expects.',
    hint: 'Use https:// in place of http:// for this address.',
    rfc: 'RFC 8446 §5.1',
  },
  TLS_CLIENT_FAILED: {
    status: null,
    title: 'The TLS handshake with the client failed ({reason}).',
    hint: 'See what the client itself says about it.',
    rfc: 'RFC 8446 §6.2',
  },
  TLS_UPSTREAM_SELF_SIGNED: {
    status: 502,
    title:
      'The server {server} shows a certificate that is signed by nobody this machine trusts, only by itself ({reason}).',
    hint: `Start Bytescope with NODE_EXTRA_CA_CERTS set to the certificate that signed it, if that is the one you expect, ${OR_UNVERIFIED}`,
    rfc: 'RFC 9110 §15.6.3',
  },
  TLS_UPSTREAM_UNTRUSTED: {
    status: 502,
    title: 'The certificate of the server {server} does not lead to an authority this machine trusts ({reason}).',
    hint: `Let the server send the certificates between its own and its authority, set NODE_EXTRA_CA_CERTS to that authority, ${OR_UNVERIFIED}`,
    rfc: 'RFC 9110 §15.6.3',
  },
  TLS_UPSTREAM_DATES: {
    status: 502,
    title: 'The certificate of the server {server} is not valid now ({reason}).',
    hint: `Renew it, set the clock of this machine, ${OR_UNVERIFIED}`,
    rfc: 'RFC 9110 §15.6.3',
  },
  TLS_UPSTREAM_NAME: {
    status: 502,
    title: 'The certificate of the server {server} is made out to another host ({reason}).',
    hint: `Reach the server by a name that is in its certificate, ${OR_UNVERIFIED}`,
    rfc: 'RFC 9110 §4.3.4',
  },
  TLS_UPSTREAM_PLAIN: {
    status: 502,
    title: 'The server {server} does not speak TLS on that port.',
    hint: 'Use http:// in place of https:// for it, or the port on which it speaks TLS.',
    rfc: 'RFC 9110 §15.6.3',
  },
  TLS_UPSTREAM_VERSION: {
    status: 502,
    title: 'The server {server} speaks no version of TLS that is spoken here: those are 1.2 and 1.3.',
    hint: 'Let the server use TLS 1.2 or newer; what came before is broken.',
    rfc: 'RFC 8996 §5',
  },
  TLS_UPSTREAM_ALPN: {
    status: 502,
    title: 'The server {server} does not speak http/1.1, which is all that was offered.',
    hint: 'Let the server speak HTTP/1.1 too on that port.',
    rfc: 'RFC 7301 §3.2',
  },
  TLS_UPSTREAM_WANTS_CERTIFICATE: {
    status: 502,
    title: 'The server {server} wants a certificate of its client, and Bytescope has none to show.',
    hint: 'Let the server take clients without one, or let this host through without intercepting it.',
    rfc: 'RFC 8446 §6.2',
  },
  TLS_UPSTREAM_CLOSED: {
    status: 502,
    title: 'The server {server} ended the connection in the middle of the TLS handshake ({reason}).',
    hint: 'See its log, and whether it speaks TLS on that port and knows the name it was asked for.',
    rfc: 'RFC 9110 §15.6.3',
  },
  TLS_UPSTREAM_FAILED: {
    status: 502,
    title: 'The TLS handshake with the server {server} failed ({reason}).',
    hint: 'See the log of the server.',
    rfc: 'RFC 9110 §15.6.3',
  },
} as const satisfies Record<string, ErrorEntry>;
