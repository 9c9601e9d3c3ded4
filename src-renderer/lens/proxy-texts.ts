/** What works the proxy modes, as the fields of the dialog hold it: lists are texts of one entry a line. */
import { configOfUrls, SHORTHAND_UPSTREAM } from '@contract/proxy-reading';
import type { ProxyConfig } from '@contract/proxy-config';
import type { ListenerTls, ProxyState } from '@contract/proxy-state';

export interface ProxyTexts {
  readonly urls: string;
  readonly config: string;
  readonly configPath: string;
  readonly tunnelTo: string;
  readonly allow: string;
  readonly allowPrivate: boolean;
  readonly intercept: string;
  readonly insecure: string;
  readonly tls: ListenerTls['kind'];
  readonly certificatePath: string;
  readonly keyPath: string;
}

export type ProxyTextName = keyof ProxyTexts;

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Both came out of the same reading, which gives their keys one order. */
export const isSameConfig = (one: ProxyConfig | null, other: ProxyConfig | null): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

export const configText = (config: ProxyConfig | null): string =>
  config === null ? '' : JSON.stringify(config, null, 2);

/** The servers of a configuration that says nothing else; empty where it does. */
function urlsOf(config: ProxyConfig | null): readonly string[] {
  const urls = config?.upstreams[SHORTHAND_UPSTREAM]?.servers.map(({ url }) => url) ?? [];
  if (urls.length === 0) return [];
  const plain = configOfUrls(urls);
  return plain.ok && isSameConfig(plain.value, config) ? urls : [];
}

export function textsOf({ config, configPath, tunnelTo, forward, tls }: ProxyState): ProxyTexts {
  const own = tls.kind === 'own' ? tls : null;
  return {
    urls: urlsOf(config).join('\n'),
    config: configText(config),
    configPath: configPath ?? '',
    tunnelTo: tunnelTo ?? '',
    allow: forward.allow.join('\n'),
    allowPrivate: forward.allowPrivate,
    intercept: forward.intercept.join('\n'),
    insecure: forward.insecure.join('\n'),
    tls: tls.kind,
    certificatePath: own?.certificatePath ?? '',
    keyPath: own?.keyPath ?? '',
  };
}
