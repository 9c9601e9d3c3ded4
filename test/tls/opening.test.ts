import { describe, expect, it } from 'vitest';
import { beginsLikeTls, MAX_HELLO_BYTES, MAX_OPENING_BYTES, TlsOpening } from '../../src-main/tls/opening';
import { describeTls } from '../../src-main/tls/span-kinds';
import { piecesAt, piecesOf } from '../support/event-log';
import { seeded } from '../support/random';
import {
  alpnBody,
  helloMessage,
  helloOf,
  inRecords,
  letters,
  readingOf,
  RECORDED,
  recordedHello,
  serverNameBody,
  sized,
  words,
} from '../support/tls-hello';

const names = (items: readonly { readonly name: string }[]): string[] => items.map(({ name }) => name);
const texts = (items: readonly { readonly text: string }[]): string[] => items.map(({ text }) => text);

function expectNoGap({ spans, start, end }: ReturnType<typeof readingOf>, what: string): void {
  const edges = [start, ...spans.map((span) => span.end)];
  const gap = spans.find((span, index) => span.start !== edges[index] || span.end <= span.start);
  expect({ gap, end: edges.at(-1) }, what).toEqual({ gap: undefined, end });
}

describe('a recorded hello', () => {
  it('of curl says what curl asked for', () => {
    const hello = helloOf(recordedHello('curl'));
    expect(texts(hello.serverNames)).toEqual(['bytescope.test']);
    expect(texts(hello.alpn)).toEqual(['h2', 'http/1.1']);
    expect(names(hello.versions)).toEqual(['TLS 1.3', 'TLS 1.2', 'TLS 1.1', 'TLS 1.0']);
    expect(hello.cipherSuites.length).toBe(31);
    expect(hello.cipherSuites[0]).toMatchObject({ code: 0x1302, name: 'TLS_AES_256_GCM_SHA384' });
    expect(names(hello.keyShares)).toEqual(['x25519']);
    expect(names(hello.pskModes)).toEqual(['psk_dhe_ke']);
    expect(hello.signatureSchemes[0]?.name).toBe('ecdsa_secp256r1_sha256');
  });

  it('of Chromium has its GREASE marked, in every list', () => {
    const hello = helloOf(recordedHello('chromium'));
    const { cipherSuites, extensions, versions, groups, keyShares } = hello;
    for (const list of [cipherSuites, extensions, versions, groups, keyShares]) {
      expect(list[0]).toMatchObject({ isGrease: true, name: expect.stringMatching(/^GREASE 0x([0-9A-F]A)\1$/) });
    }
    expect(names(groups).slice(1)).toEqual(['X25519MLKEM768', 'x25519', 'secp256r1', 'secp384r1']);
  });

  it('of openssl without a name has none, and no ALPN', () => {
    const hello = helloOf(recordedHello('openssl-no-name'));
    expect([hello.serverNames, hello.alpn]).toEqual([[], []]);
  });

  it('of TLS 1.2 offers its version in the old field alone', () => {
    const hello = helloOf(recordedHello('openssl-tls12'));
    expect([hello.versions, hello.legacyVersion.name]).toEqual([[], 'TLS 1.2']);
  });

  it.each(RECORDED)('is the same however it was cut: %s', (name) => {
    const bytes = recordedHello(name);
    const whole = readingOf(bytes);
    expect(whole.state).toBe('hello');
    for (let cut = 1; cut < bytes.length; cut += 1) {
      expect(readingOf(...piecesAt(bytes, [cut])), `cut at ${cut}`).toEqual(whole);
    }
    expect(readingOf(...piecesOf(bytes, 1))).toEqual(whole);
  });

  it.each(RECORDED)('needs more until its last byte, and is explained as far as it came: %s', (name) => {
    const bytes = recordedHello(name);
    for (let length = 0; length < bytes.length; length += 1) {
      const reading = readingOf(bytes.subarray(0, length));
      expect(reading.state, `${length} bytes`).toBe('more');
      expectNoGap(reading, `${length} bytes`);
      expect(reading.spans.some(({ kind }) => kind === 'tls-garbage')).toBe(false);
    }
  });
});

describe('places', () => {
  const bytes = recordedHello('curl');
  const hello = helloOf(bytes);
  const at = ({ start, end }: { start: number; end: number }) => Buffer.from(bytes.subarray(start, end));

  it('hold the very bytes', () => {
    expect(at(hello.serverNames[0]!.place).toString()).toBe('bytescope.test');
    expect(hello.alpn.map(({ place }) => at(place).toString())).toEqual(['h2', 'http/1.1']);
    expect(hello.cipherSuites.map(({ place }) => at(place).readUInt16BE())).toEqual(
      hello.cipherSuites.map(({ code }) => code),
    );
    expect(at(hello.random).length).toBe(32);
    expect(hello.place).toEqual({ start: 5, end: bytes.length });
  });

  it('of extensions follow one another up to the end', () => {
    const { extensions } = hello;
    expect(extensions.slice(1).map(({ whole }) => whole.start)).toEqual(
      extensions.slice(0, -1).map(({ whole }) => whole.end),
    );
    expect(extensions.at(-1)?.whole.end).toBe(bytes.length);
  });

  it('count from where the stream stood when TLS began', () => {
    const opening = new TlsOpening(1_000);
    opening.receive(bytes);
    const { hello: moved, spans } = opening.reading();
    expect(moved?.serverNames[0]?.place.start).toBe(hello.serverNames[0]!.place.start + 1_000);
    expect(spans[0]?.start).toBe(1_000);
  });
});

describe('records', () => {
  const message = helloMessage({ extensions: [[0, serverNameBody('a.test')]] });

  it.each([1, 2, 3, 7, 50])('of %d bytes carry the same hello', (size) => {
    const bytes = inRecords(message, size);
    const reading = readingOf(bytes);
    expect(texts(reading.hello!.serverNames)).toEqual(['a.test']);
    expectNoGap(reading, `${size}`);
  });

  it('that split an element give it a place over both, and a span in each', () => {
    const bytes = inRecords(message, message.length - 3);
    const { hello, spans } = readingOf(bytes);
    const { place } = hello!.serverNames[0]!;
    expect(place.end - place.start).toBe('a.test'.length + 5);
    expect(spans.filter(({ kind }) => kind === 'tls-server-name').map(({ start, end }) => end - start)).toEqual([3, 3]);
  });

  it('after the hello are opaque but for alerts', () => {
    const alert = [0x15, 3, 1, 0, 2, 2, 70];
    const data = [0x17, 3, 3, 0, 4, 1, 2, 3, 4];
    const reading = readingOf(Uint8Array.from([...inRecords(message), ...alert, ...data]));
    expect(reading.alerts).toMatchObject([{ level: 'fatal', description: 'protocol_version' }]);
    expect(reading.spans.at(-1)).toMatchObject({ kind: 'tls-opaque', name: 'application_data' });
    expectNoGap(reading, 'alert');
  });

  it('that turn into something else leave the hello as it is', () => {
    const reading = readingOf(Uint8Array.from([...inRecords(message), ...letters('GET / HTTP/1.1')]));
    expect(reading.state).toBe('hello');
    expect(reading.spans.at(-1)).toMatchObject({ kind: 'tls-garbage' });
  });
});

describe('hostile bytes', () => {
  const faultOf = (bytes: readonly number[] | Uint8Array) => readingOf(Uint8Array.from(bytes)).fault;
  const patched = (at: number, ...bytes: readonly number[]) => {
    const hello = [...inRecords(helloMessage({ extensions: [[10, sized(2, words([29]))]] }))];
    hello.splice(at, bytes.length, ...bytes);
    return hello;
  };

  it('that are no record are named', () => {
    expect(faultOf(letters('GET /'))).toEqual({ reason: 'not-tls', offset: 0 });
    expect(faultOf([0x16, 2])).toEqual({ reason: 'not-tls', offset: 0 });
  });

  it('make an empty record of a handshake a fault: RFC 8446 §5.1', () => {
    expect(faultOf([0x16, 3, 1, 0, 0])).toEqual({ reason: 'empty-record', offset: 3 });
  });

  it('make a record beyond 2^14 bytes a fault', () => {
    expect(faultOf([0x16, 3, 1, 0x40, 1])).toEqual({ reason: 'record-too-long', offset: 3 });
  });

  it('make an alert inside the hello a fault', () => {
    const bytes = inRecords(helloMessage(), 10);
    expect(faultOf([...bytes.subarray(0, 15), 0x15, 3, 1, 0, 2, 2, 70])).toEqual({
      reason: 'other-record',
      offset: 15,
    });
  });

  it('that are another message are no hello', () => {
    expect(faultOf([0x16, 3, 1, 0, 4, 2, 0, 0, 0])).toEqual({ reason: 'not-client-hello', offset: 5 });
  });

  it('that announce 16 MiB are given up on at once', () => {
    expect(faultOf([0x16, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff])).toEqual({ reason: 'hello-too-long', offset: 6 });
  });

  it('make a list beyond the end of the message a fault', () => {
    expect(faultOf(patched(44, 0xff, 0xff))).toEqual({ reason: 'beyond-end', offset: 44 });
  });

  it('make bytes after the last extension a fault', () => {
    const message = helloMessage();
    message.push(0, 0);
    message[3] = message[3]! + 2;
    expect(faultOf(inRecords(message))).toEqual({ reason: 'left-over', offset: 5 + message.length - 2 });
  });

  it('inside one extension leave the next readable', () => {
    const { extensions, alpn, serverNames } = helloOf(
      inRecords(
        helloMessage({
          extensions: [
            [0, [0xff, 0xff, 1]],
            [16, alpnBody(letters('h2'))],
          ],
        }),
      ),
    );
    expect(extensions.map(({ fault }) => fault?.reason ?? null)).toEqual(['beyond-end', null]);
    expect([serverNames, texts(alpn)]).toEqual([[], ['h2']]);
  });

  it('make half a cipher suite a fault', () => {
    const message = helloMessage({ extensions: null, suites: [0x1301, 0x1302] });
    // One byte fewer in the list: the compression methods begin inside of the second suite.
    message[40] = 3;
    expect(readingOf(inRecords(message))).toMatchObject({ state: 'fault', fault: { reason: 'beyond-end' } });
  });

  it('never throw, leave no gap and are read alike when cut, whatever they are', () => {
    const random = seeded(20_260_801);
    for (let run = 0; run < 1_500; run += 1) {
      const bytes = recordedHello(RECORDED[run % RECORDED.length]!);
      for (let change = 0; change <= run % 4; change += 1) {
        bytes[Math.floor(random() * Math.min(bytes.length, run % 2 === 0 ? 60 : bytes.length))] = Math.floor(
          random() * 256,
        );
      }
      const reading = readingOf(bytes);
      expectNoGap(reading, `run ${run}`);
      const cut = 1 + Math.floor(random() * (bytes.length - 1));
      expect(readingOf(...piecesAt(bytes, [cut])), `run ${run}`).toEqual(reading);
    }
  });

  it('are held up to a bound, and no hello comes of more', () => {
    const opening = new TlsOpening();
    const drip = inRecords(helloMessage({ suites: new Array<number>(30_000).fill(0x1301) }), 1);
    opening.receive(drip);
    expect(opening.next).toBe(MAX_OPENING_BYTES);
    expect(opening.reading()).toMatchObject({
      state: 'fault',
      fault: { reason: 'hello-too-long', offset: MAX_OPENING_BYTES },
    });
    opening.receive(drip);
    expect(opening.next).toBe(MAX_OPENING_BYTES);
  });

  it('may fill a hello to its bound', () => {
    const room = MAX_HELLO_BYTES - helloMessage({ suites: [], extensions: [] }).length;
    const suites = Array.from({ length: Math.floor(room / 2) }, (_, index) => index & 0xffff);
    const hello = helloOf(inRecords(helloMessage({ suites, extensions: [] })));
    expect(hello.cipherSuites.length).toBe(suites.length);
  });
});

describe('words', () => {
  it('name what a byte is, with the rule', () => {
    const bytes = recordedHello('curl');
    const { spans, hello } = readingOf(bytes);
    const at = (offset: number) => {
      const span = spans.find(({ start, end }) => start <= offset && offset < end)!;
      return { ...describeTls(span), name: span.name };
    };
    expect(at(5)).toEqual({ label: 'handshake type', name: 'client_hello', rfc: 'RFC 8446 §4' });
    expect(at(hello!.cipherSuites[2]!.place.start)).toMatchObject({
      label: 'cipher suite',
      name: 'TLS_AES_128_GCM_SHA256',
    });
    expect(at(hello!.serverNames[0]!.place.start)).toMatchObject({ label: 'server name', name: 'bytescope.test' });
    expect(at(hello!.extensions[0]!.place.start)).toEqual({
      label: 'extension',
      name: 'server_name',
      rfc: 'RFC 6066 §3',
    });
  });

  it('show a number where there is no name', () => {
    const { cipherSuites, extensions } = helloOf(
      inRecords(helloMessage({ suites: [0x0b0c], extensions: [[0x1234, []]] })),
    );
    expect([...names(cipherSuites), ...names(extensions)]).toEqual(['0x0B0C', '0x1234']);
  });
});

describe('the first bytes', () => {
  it('tell TLS from HTTP', () => {
    const begins = [[0x16, 3], [0x16], [0x16, 0x47], letters('GET')].map((bytes) =>
      beginsLikeTls(Uint8Array.from(bytes)),
    );
    expect(begins).toEqual([true, false, false, false]);
  });
});
