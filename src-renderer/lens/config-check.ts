/** What is wrong with what is typed about the proxy modes, before it is sent: the engine checks the same again. */
import type { Address } from '@contract/address';
import { forwardMistakes, tunnelTarget, type RuleListName } from '@contract/forward-rules';
import type { Mistake } from '@contract/proxy-mistakes';
import { configOfUrls, findLoop, readProxyConfig, type ConfigResult } from '@contract/proxy-reading';
import { DEFAULT_PROXY_STATE } from '@contract/proxy-state';
import { linesOf } from './proxy-texts';

const mistakesIn = (result: ConfigResult, listener: Address): readonly Mistake[] =>
  result.ok ? (findLoop(result.value, listener) ?? []) : result.mistakes;

/** Nothing is wrong with a text that is still empty. */
export const configMistakes = (text: string, listener: Address): readonly Mistake[] =>
  text.trim() === '' ? [] : mistakesIn(readProxyConfig(text), listener);

/** Named by the line, not by the flag of the command line or a path in a file that nobody wrote. */
export function urlMistakes(text: string, listener: Address): readonly Mistake[] {
  const urls = linesOf(text);
  if (urls.length === 0) return [];
  return mistakesIn(configOfUrls(urls), listener).map(({ path, reason }) => {
    const index = /\.servers\[(\d+)\]/.exec(path)?.[1];
    return { path: index === undefined ? path.replace(/^--upstream ?/, '') : (urls[Number(index)] ?? ''), reason };
  });
}

/** One list of the forward rules, each mistake named by its line. */
export function ruleMistakes(name: RuleListName, text: string): readonly Mistake[] {
  const lines = linesOf(text);
  return forwardMistakes({ ...DEFAULT_PROXY_STATE.forward, [name]: lines }).map(({ path, reason }) => {
    const index = /\[(\d+)\]/.exec(path)?.[1];
    return { path: index === undefined ? '' : (lines[Number(index)] ?? ''), reason };
  });
}

export const tunnelMistakes = (text: string): readonly Mistake[] =>
  text.trim() === '' || tunnelTarget(text.trim()) !== null
    ? []
    : [{ path: text.trim(), reason: 'it is host:port, or a port alone' }];
