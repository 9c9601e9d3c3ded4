/** What the proxy modes work by: asked for on the command line or in the panel, and told to every viewer. */
import type { CaDescription } from './ca-install';
import type { Mode } from './modes';
import type { ProxyConfig } from './proxy-config';

/** Who may use the forward and SOCKS modes, and for what. */
export interface ForwardRules {
  /** Clients let in, as CIDR ranges; loopback always is. Empty: nobody but loopback. */
  readonly allow: readonly string[];
  /** May requests of clients that are not on loopback go to loopback, private and link-local addresses? */
  readonly allowPrivate: boolean;
  /** Hosts whose TLS is taken off by a certificate of the local CA: `example.com`, `*.example.com`, `*`. */
  readonly intercept: readonly string[];
  /** Intercepted hosts whose server may show any certificate; patterns as above. Of all others it is verified. */
  readonly insecure: readonly string[];
}

/** How the listener of the server and reverse modes speaks TLS. */
export type ListenerTls =
  | { readonly kind: 'off' }
  /** Certificates of the local CA, made for the name each client asks for. */
  | { readonly kind: 'local-ca' }
  | { readonly kind: 'own'; readonly certificatePath: string; readonly keyPath: string };

/** The certificate authority that is made on this machine, for this machine. */
export type LocalCa = CaDescription;

export interface ProxyState {
  readonly mode: Mode;
  /** Of the reverse mode; null: none was given yet. */
  readonly config: ProxyConfig | null;
  /** The file the configuration was read from, which can be read again; null: it came from elsewhere. */
  readonly configPath: string | null;
  /** Where the tunnel mode leads, `host:port`; null: nowhere yet. */
  readonly tunnelTo: string | null;
  readonly forward: ForwardRules;
  readonly tls: ListenerTls;
  /** Null: none was needed so far. */
  readonly ca: LocalCa | null;
}

export const DEFAULT_PROXY_STATE: ProxyState = {
  mode: 'server',
  config: null,
  configPath: null,
  tunnelTo: null,
  forward: { allow: [], allowPrivate: false, intercept: [], insecure: [] },
  tls: { kind: 'off' },
  ca: null,
};

/** What a change of the state says; absent members stay. */
export interface ProxyChange {
  readonly mode?: Mode | undefined;
  /** Text of a configuration, as a file has it (contract/proxy-reading.ts). */
  readonly config?: string | undefined;
  /** Reads the configuration file: the one at this path, or (empty) the one read before. */
  readonly configPath?: string | undefined;
  /** The servers of one upstream, in place of a configuration. */
  readonly upstreams?: readonly string[] | undefined;
  readonly tunnelTo?: string | undefined;
  readonly forward?: { readonly [Key in keyof ForwardRules]?: ForwardRules[Key] | undefined } | undefined;
  readonly tls?: ListenerTls | undefined;
}

/** Bounds of what a change may hold. */
export const MAX_FORWARD_ENTRIES = 100;
export const MAX_FORWARD_ENTRY_CHARS = 255;
