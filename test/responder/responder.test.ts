import { describe, expect, it } from 'vitest';
import { MAX_TOLD_BYTES } from '../../src-main/responder/anything';
import { route } from '../../src-main/responder/responder';
import { receivedRequest, requestHead, type FieldPairs } from '../support/request-head';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const text = (body: Uint8Array) => Buffer.from(body).toString('utf8');

function ask(
  method: string,
  target: string,
  more: { fields?: FieldPairs; body?: Uint8Array; mode?: 'default' | 'echo' } = {},
) {
  const head = requestHead(method, target, more.fields ?? []);
  const chosen = route(head, more.mode ?? 'default');
  const { status, fields, body } = chosen.reply(receivedRequest(head, more.body));
  const named = new Map(fields.map(([name, value]) => [name.toLowerCase(), value]));
  return { route: chosen, status, field: (name: string) => named.get(name) ?? null, text: text(body), body };
}

describe('routing', () => {
  it.each([
    ['GET', '/', 200],
    ['HEAD', '/', 200],
    ['GET', '/?a=b', 200],
    ['GET', '/health', 200],
    ['GET', '/health?x', 200],
    ['GET', '/health/', 404],
    ['GET', '/nothing', 404],
    ['GET', '/anythingelse', 404],
    ['GET', '/anything', 200],
    ['GET', '/anything/../echo', 200],
    ['GET', 'http://example.test/health', 200],
    ['GET', 'http://example.test', 200],
    ['GET', 'http://example.test?x=/nothing', 200],
    ['GET', 'http://example.test/nothing', 404],
    ['BREW', '/', 501],
    ['BREW', '/nothing', 501],
    ['BREW', '/anything', 200],
    ['get', '/', 501],
    ['POST', '/', 200],
    ['DELETE', '/', 200],
    ['TRACE', '/', 405],
    ['POST', '/health', 405],
    ['TRACE', '/health', 405],
    ['TRACE', '/echo', 405],
    ['CONNECT', 'example.test:443', 501],
    ['OPTIONS', '*', 204],
    ['OPTIONS', '/', 204],
    ['OPTIONS', '/echo', 204],
    ['OPTIONS', '/nothing', 404],
  ])('%s %s is answered %i', (method, target, status) => {
    expect(ask(method, target).status).toBe(status);
  });

  it.each([
    ['POST', '/health', 'GET, HEAD, OPTIONS'],
    ['OPTIONS', '/health', 'GET, HEAD, OPTIONS'],
    ['OPTIONS', '/', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'],
    ['TRACE', '/anything', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'],
    ['OPTIONS', '*', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'],
  ])('%s %s names the methods it takes', (method, target, allow) => {
    expect(ask(method, target).field('allow')).toBe(allow);
  });

  // Its length is told, and has to be that of the same GET (RFC 9110 §9.3.2).
  it.each(['/', '/health', '/anything'])('HEAD %s has the content of GET to measure', (target) => {
    expect(ask('HEAD', target).text).toBe(ask('GET', target).text);
  });

  it('holds the body only where the reply repeats it', () => {
    const holding = ['/', '/health', '/echo', '/anything', '/nothing'].filter(
      (target) => ask('GET', target).route.holdsBody,
    );
    expect(holding).toEqual(['/echo', '/anything']);
  });

  it('answers at once in place of 100 Continue where the body makes no difference', () => {
    const accepting = ['/echo', '/anything', '/health', '/nothing'].filter(
      (target) => ask('POST', target).route.acceptsBody,
    );
    expect(accepting).toEqual(['/echo', '/anything']);
  });
});

describe('/health', () => {
  it('says ok', () => expect(ask('GET', '/health').text).toBe('ok\n'));

  it('gives the same parts every time, so that their bytes can be reused', () => {
    const head = requestHead('GET', '/health');
    const request = receivedRequest(head);
    expect(route(head, 'default').reply(request)).toBe(route(head, 'default').reply(request));
  });
});

describe('/echo', () => {
  it('gives the body back with its type and coding', () => {
    const fields = [
      ['Content-Type', 'image/png'],
      ['Content-Encoding', 'gzip'],
    ] as const;
    const reply = ask('POST', '/echo', { fields, body: bytes('\x89PNG') });
    expect(reply.field('content-type')).toBe('image/png');
    expect(reply.field('content-encoding')).toBe('gzip');
    expect(reply.text).toBe('\x89PNG');
  });

  it('calls a body without a type application/octet-stream', () => {
    expect(ask('POST', '/echo', { body: bytes('x') }).field('content-type')).toBe('application/octet-stream');
  });

  it.each([
    'foo',
    'text/',
    '/html',
    'text/html; charset',
    'text/html charset=x',
    'text/\x80',
    'a/b; c="d',
    `a/b${' '.repeat(9_000)}c`,
  ])('does not repeat a type that is none: %.40s', (type) => {
    const reply = ask('POST', '/echo', { fields: [['Content-Type', type]], body: bytes('x') });
    expect(reply.field('content-type')).toBe('application/octet-stream');
  });

  it.each(['text/html', 'text/html; charset=utf-8', 'a/b;c="d;e\\"f" ;g=h', 'a/b;', 'a/b ; ; c=d'])(
    'repeats the type %s as it came',
    (type) => {
      const reply = ask('POST', '/echo', { fields: [['Content-Type', type]], body: bytes('x') });
      expect(reply.field('content-type')).toBe(type);
    },
  );

  it.each(['gz ip', 'gzip;q=1', ','])('does not repeat the coding "%s", which is none', (coding) => {
    const reply = ask('POST', '/echo', { fields: [['Content-Encoding', coding]], body: bytes('x') });
    expect(reply.field('content-encoding')).toBeNull();
  });

  // A page posted here must not run in the origin of the server.
  it('lets a browser neither guess the type nor run the body', () => {
    const reply = ask('POST', '/echo', { fields: [['Content-Type', 'text/html']], body: bytes('<script>1</script>') });
    expect(reply.field('x-content-type-options')).toBe('nosniff');
    expect(reply.field('content-security-policy')).toBe('sandbox');
  });
});

describe('/anything', () => {
  const tell = (fields: FieldPairs, body: Uint8Array) =>
    JSON.parse(ask('POST', '/anything/x?y=1', { fields, body }).text) as Record<string, unknown>;

  it('tells the request with fields in their order and spelling', () => {
    const fields = [
      ['hOST', 'a'],
      ['X-Two', '1'],
      ['x-two', '2'],
    ] as const;
    expect(tell(fields, bytes('hi'))).toEqual({
      method: 'POST',
      target: '/anything/x?y=1',
      version: 'HTTP/1.1',
      fields,
      client: '127.0.0.1:53122',
      connection: 3,
      request: 2,
      bodyBytes: 2,
      body: 'hi',
      bodyEncoding: 'utf-8',
      trailers: null,
    });
  });

  it('puts a field on a line, whatever stands in it', () => {
    const { text: json } = ask('GET', '/anything', { fields: [['A', '"],\\n["']], body: bytes('[\n  "x",\n  "y"\n]') });
    expect(json).toContain('    ["A", "\\"],\\\\n[\\""]\n');
    expect((JSON.parse(json) as { body: string }).body).toBe('[\n  "x",\n  "y"\n]');
  });

  it.each([
    ['text/plain; charset=ISO-8859-1', Buffer.from([0xe4]), 'ä', 'iso-8859-1'],
    ['text/plain; charset="utf-8"', Buffer.from('ä€😀'), 'ä€😀', 'utf-8'],
    ['application/problem+json', Buffer.from('{}'), '{}', 'utf-8'],
    ['text/plain; a="x;charset=latin1"; Charset=US-ASCII', Buffer.from('a'), 'a', 'us-ascii'],
    ['image/png', Buffer.from([1, 2, 3, 4]), 'AQIDBA==', 'base64'],
    ['text/plain; charset=utf-8', Buffer.from([0xff]), '/w==', 'base64'],
    ['text/plain; charset=klingon', Buffer.from('a'), 'YQ==', 'base64'],
    ['text/plain; charset=us-ascii', Buffer.from([0x80]), 'gA==', 'base64'],
  ])('shows a body of type %s as it says', (type, body, shown, encoding) => {
    expect(tell([['Content-Type', type]], new Uint8Array(body))).toMatchObject({ body: shown, bodyEncoding: encoding });
  });

  it('says why announced text is in base64', () => {
    expect(tell([['Content-Type', 'text/plain; charset=klingon']], bytes('a'))['bodyNote']).toContain('klingon');
  });

  it('tells the beginning of a long body, whole characters of it, and says so', () => {
    const told = tell([['Content-Type', 'text/plain']], bytes('€'.repeat(MAX_TOLD_BYTES)));
    expect(told['body']).toBe('€'.repeat(Math.floor(MAX_TOLD_BYTES / 3)));
    expect(told).toMatchObject({ bodyBytes: 3 * MAX_TOLD_BYTES, bodyEncoding: 'utf-8' });
    expect(told['bodyNote']).toContain('262143 bytes');
  });

  it('tries UTF-8 on a body without a type', () => {
    expect(tell([], bytes('typed by hand'))['body']).toBe('typed by hand');
    expect(tell([], new Uint8Array([0xff]))['bodyEncoding']).toBe('base64');
  });
});

describe('echo mode', () => {
  it.each(['/', '/health', '/nothing', '*'])('answers %s with its own body', (target) => {
    const reply = ask('BREW', target, { mode: 'echo', body: bytes('mine'), fields: [['Content-Type', 'a/b']] });
    expect([reply.status, reply.field('content-type'), reply.text]).toEqual([200, 'a/b', 'mine']);
  });

  // A reflected request gives away what the client's own scripts may not see (RFC 9110 §9.3.8).
  it('reflects no TRACE', () => expect(ask('TRACE', '/', { mode: 'echo' }).status).toBe(405));

  it('opens no tunnel for CONNECT', () => expect(ask('CONNECT', 'a:1', { mode: 'echo' }).status).toBe(501));
});
