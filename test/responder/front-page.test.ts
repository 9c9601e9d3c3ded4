import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { frontPage, PAGE_STYLE } from '../../src-main/responder/front-page';
import { receivedRequest, requestHead, type FieldPairs } from '../support/request-head';

function page(target: string, fields: FieldPairs) {
  const parts = frontPage(receivedRequest(requestHead('GET', target, fields)));
  const field = (name: string) => parts.fields.find((pair) => pair[0] === name)?.[1] ?? '';
  return {
    type: field('Content-Type'),
    policy: field('Content-Security-Policy'),
    text: Buffer.from(parts.body).toString('utf8'),
  };
}
const BROWSER = ['Accept', 'text/html,application/xhtml+xml,*/*;q=0.8'] as const;

describe('the front page', () => {
  it.each([
    [[BROWSER], 'text/html; charset=utf-8'],
    [[['Accept', '*/*']], 'text/plain; charset=utf-8'],
    [[['Accept', 'text/html;q=0, */*']], 'text/plain; charset=utf-8'],
    [[], 'text/plain; charset=utf-8'],
  ] as [FieldPairs, string][])('suits a client with %j', (fields, type) => {
    expect(page('/', fields).type).toBe(type);
  });

  it.each(['text/html', '*/*'])('shows the request it received to a client taking %s', (accept) => {
    const { text } = page('/?x=1', [
      ['Accept', accept],
      ['X-Mine', 'this'],
    ]);
    expect(text).toContain('GET /?x=1 HTTP/1.1');
    expect(text.replace(/<[^>]*>/g, '')).toContain('X-Mine: this');
    expect(text).toContain('request 2 on connection 3, from 127.0.0.1:53122');
  });

  it('tells how long a body was', () => {
    const request = receivedRequest(requestHead('POST', '/', [BROWSER]), new Uint8Array(1_234));
    expect(Buffer.from(frontPage(request).body).toString()).toContain('a body of 1234 bytes');
  });

  it('shows hostile targets and fields as text', () => {
    const hostile = '/<img src=x onerror=alert(1)>';
    const { text } = page(hostile, [BROWSER, ['X-"<b>', `</pre><script>'&"`]]);
    expect(text).not.toMatch(/<img|<script|<\/pre><s|<b>X-"<b>/);
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(text).toContain('&lt;/pre&gt;&lt;script&gt;&#39;&amp;&quot;');
  });

  // U+009B begins an escape sequence in a terminal that reads UTF-8.
  it('makes terminal controls visible in the plain text', () => {
    expect(page('/', [['X', '\x9b2J']]).text).toContain('X: \\x9b2J');
  });

  it('allows its own style and nothing else', () => {
    const hash = createHash('sha256').update(PAGE_STYLE).digest('base64');
    const { policy, text } = page('/', [BROWSER]);
    expect(policy).toContain(`style-src 'sha256-${hash}'`);
    expect(policy).toContain("default-src 'none'");
    expect(text).toContain(`<style>${PAGE_STYLE}</style>`);
    expect(text).not.toContain('<script');
  });
});
