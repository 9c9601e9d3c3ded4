/**
 * The local certificate authority as the page and the command line show it, and how clients are told to trust it.
 *
 * One table: where, the steps that install it, the steps that remove it. A step is a sentence, a command, or both. In
 * a command `{path}` is where the certificate lies and becomes one quoted word; `{sha1}` and `{spki}` are hashes.
 */

export interface CaDescription {
  /** The certificate itself. */
  readonly pem: string;
  /** Where it lies, absolute. */
  readonly path: string;
  readonly subject: string;
  /** `AB:CD:…`, as browsers and openssl show it. */
  readonly fingerprintSha256: string;
  /** Hex digits alone: what macOS and Windows know certificates by. */
  readonly fingerprintSha1: string;
  /** The SHA-256 of the public key in base64, which Chromium takes. */
  readonly spkiSha256: string;
  readonly notAfterMs: number;
}

/** Whose rules of quoting a command follows. */
export type Shell = 'posix' | 'powershell';

export interface CaStep {
  /** A finished sentence. */
  readonly text?: string;
  /** One line for a shell. */
  readonly command?: string;
}

export interface CaInstall {
  readonly label: string;
  /** A system's store serves many programs; some clients look elsewhere. */
  readonly kind: 'system' | 'client';
  readonly shell: Shell;
  readonly install: readonly CaStep[];
  readonly remove: readonly CaStep[];
}

const NEW_SHELL = 'Close the terminal, or unset the variable.';

export const CA_INSTALLS = {
  macos: {
    label: 'macOS',
    kind: 'system',
    shell: 'posix',
    install: [
      {
        text: 'For your user alone; the system asks for your password. Safari, Chrome and the curl of macOS look here.',
        command: 'security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db {path}',
      },
    ],
    remove: [
      { command: 'security remove-trusted-cert {path}' },
      { command: 'security delete-certificate -Z {sha1} ~/Library/Keychains/login.keychain-db' },
    ],
  },
  windows: {
    label: 'Windows',
    kind: 'system',
    shell: 'powershell',
    install: [
      {
        text: 'For your user alone; Windows asks whether you mean it. Edge, Chrome and .NET look here.',
        command: 'certutil -user -addstore Root {path}',
      },
    ],
    remove: [{ command: 'certutil -user -delstore Root {sha1}' }],
  },
  debian: {
    label: 'Debian, Ubuntu',
    kind: 'system',
    shell: 'posix',
    install: [
      {
        text: 'The name has to end in .crt.',
        command: 'sudo install -m 644 {path} /usr/local/share/ca-certificates/bytescope.crt',
      },
      { command: 'sudo update-ca-certificates' },
    ],
    remove: [
      { command: 'sudo rm /usr/local/share/ca-certificates/bytescope.crt' },
      { command: 'sudo update-ca-certificates --fresh' },
    ],
  },
  fedora: {
    label: 'Fedora, RHEL',
    kind: 'system',
    shell: 'posix',
    install: [
      { command: 'sudo install -m 644 {path} /etc/pki/ca-trust/source/anchors/bytescope.pem' },
      { command: 'sudo update-ca-trust extract' },
    ],
    remove: [
      { command: 'sudo rm /etc/pki/ca-trust/source/anchors/bytescope.pem' },
      { command: 'sudo update-ca-trust extract' },
    ],
  },
  arch: {
    label: 'Arch Linux',
    kind: 'system',
    shell: 'posix',
    install: [{ command: 'sudo trust anchor --store {path}' }],
    remove: [{ command: 'sudo trust anchor --remove {path}' }],
  },
  curl: {
    label: 'curl',
    kind: 'client',
    shell: 'posix',
    install: [
      {
        text: 'For one call; the system store is not asked then.',
        command: 'curl --cacert {path} https://example.com/',
      },
      { text: 'For all calls from this terminal.', command: 'export CURL_CA_BUNDLE={path}' },
    ],
    remove: [{ text: NEW_SHELL, command: 'unset CURL_CA_BUNDLE' }],
  },
  node: {
    label: 'Node.js',
    kind: 'client',
    shell: 'posix',
    install: [
      {
        text: 'Beside the authorities Node has built in; it is read when Node starts.',
        command: 'export NODE_EXTRA_CA_CERTS={path}',
      },
    ],
    remove: [{ text: NEW_SHELL, command: 'unset NODE_EXTRA_CA_CERTS' }],
  },
  python: {
    label: 'Python',
    kind: 'client',
    shell: 'posix',
    install: [
      {
        text: 'For requests. It takes the place of all other authorities: hosts that are not intercepted fail.',
        command: 'export REQUESTS_CA_BUNDLE={path}',
      },
      {
        text: 'For urllib, http.client and whatever else asks the ssl module, in the same way.',
        command: 'export SSL_CERT_FILE={path}',
      },
    ],
    remove: [{ text: NEW_SHELL, command: 'unset REQUESTS_CA_BUNDLE SSL_CERT_FILE' }],
  },
  java: {
    label: 'Java',
    kind: 'client',
    shell: 'posix',
    install: [
      {
        text: "Into the store of the Java that keytool belongs to; use sudo where that is the system's. Start programs anew.",
        command: 'keytool -importcert -noprompt -cacerts -storepass changeit -alias bytescope -file {path}',
      },
    ],
    remove: [{ command: 'keytool -delete -noprompt -cacerts -storepass changeit -alias bytescope' }],
  },
  firefox: {
    label: 'Firefox',
    kind: 'client',
    shell: 'posix',
    install: [
      { text: 'Open Settings, Privacy & Security, Certificates, View Certificates…, Authorities, Import….' },
      { text: 'Choose {path} and tick "Trust this CA to identify websites".' },
    ],
    remove: [{ text: 'In the same list choose Bytescope and press Delete or Distrust….' }],
  },
  chromium: {
    label: 'Chromium, Chrome on Linux',
    kind: 'client',
    shell: 'posix',
    install: [
      {
        text: 'For a profile of its own that is thrown away; nothing is installed.',
        command:
          'chromium --user-data-dir="$(mktemp -d)" --ignore-certificate-errors-spki-list={spki} https://example.com/',
      },
      {
        text: 'For your user, in the database of NSS (certutil is in libnss3-tools or nss-tools); make it if it is missing.',
      },
      // Asked for anew, a database that is there would want its password.
      {
        command:
          'test -e ~/.pki/nssdb/cert9.db || (mkdir -p ~/.pki/nssdb && certutil -d sql:"$HOME/.pki/nssdb" -N --empty-password)',
      },
      { command: 'certutil -d sql:"$HOME/.pki/nssdb" -A -t C,, -n bytescope -i {path}' },
    ],
    remove: [{ command: 'certutil -d sql:"$HOME/.pki/nssdb" -D -n bytescope' }],
  },
} as const satisfies Record<string, CaInstall>;

export type CaInstallName = keyof typeof CA_INSTALLS;
export const CA_INSTALL_NAMES = Object.keys(CA_INSTALLS) as readonly CaInstallName[];
export const caInstall = (name: CaInstallName): CaInstall => CA_INSTALLS[name];

/** Nothing is special between single quotes, but they themselves (POSIX XCU §2.2.2; PowerShell: about_Quoting_Rules). */
const QUOTE: Readonly<Record<Shell, (word: string) => string>> = {
  posix: (word) => `'${word.replaceAll("'", `'\\''`)}'`,
  // PowerShell takes the typographic quotes for quotes too.
  powershell: (word) => `'${word.replace(/['\u2018-\u201b]/g, '$&$&')}'`,
};

/** A word that no shell reads anything into stays as it is. */
const quote = (word: string, shell: Shell): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : QUOTE[shell](word));

/** The steps with their places filled: ready to be shown, and their commands to be pasted. */
export function filledSteps(steps: readonly CaStep[], shell: Shell, ca: CaDescription): CaStep[] {
  const values: Readonly<Record<string, string>> = { sha1: ca.fingerprintSha1, spki: ca.spkiSha256, path: ca.path };
  const fill = (text: string, write: (value: string) => string) =>
    text.replace(/\{(path|sha1|spki)\}/g, (_, name: string) => write(values[name] ?? ''));
  return steps.map(({ text, command }) => ({
    ...(text !== undefined && { text: fill(text, (value) => value) }),
    ...(command !== undefined && { command: fill(command, (value) => quote(value, shell)) }),
  }));
}
