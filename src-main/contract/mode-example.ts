/** A command to try a mode with: its example with the address, the TLS and the interception that are in force. */
import type { Address } from './address';
import { filledSteps } from './ca-install';
import { exampleAt, type Mode } from './modes';
import type { ProxyState } from './proxy-state';

/** TLS of the listener is for those who speak HTTP to it; the others bring or pass on what they like. */
export const speaksTls = ({ tls }: Pick<ProxyState, 'tls'>, mode: Mode): boolean =>
  tls.kind !== 'off' && (mode === 'server' || mode === 'reverse');

/** A shell takes brackets for a pattern. */
const quoted = (command: string): string => command.replace(/\S*\[\S*/g, (word) => `'${word}'`);

/** A host that a pattern of interception takes; the patterns were checked (contract/forward-rules.ts). */
const hostOf = (pattern: string): string =>
  pattern === '*' ? 'example.com' : pattern.replace(/^\*\./, 'www.').replace(/^[^[]*:.*$/, '[$&]');

/** As if the mode were the one in force. */
export function modeExample(mode: Mode, state: ProxyState, listener: Address): string {
  const plain = exampleAt(mode, listener);
  const trust = (command: string, ca: NonNullable<ProxyState['ca']>): string =>
    filledSteps([{ command: quoted(command) }], 'posix', ca)[0]?.command ?? command;
  if (speaksTls(state, mode)) {
    const secure = plain.replace('http://', 'https://');
    const isLocal = state.tls.kind === 'local-ca' && state.ca !== null;
    return isLocal ? trust(secure.replace('curl ', 'curl --cacert {path} '), state.ca) : quoted(secure);
  }
  const [first] = state.forward.intercept;
  if (mode !== 'forward' || first === undefined || state.ca === null) return quoted(plain);
  return trust(plain.replace('http://example.com/', `--cacert {path} https://${hostOf(first)}/`), state.ca);
}
