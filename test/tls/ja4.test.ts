import { describe, expect, it } from 'vitest';
import { ja4, ja4Raw } from '../../src-main/tls/ja4';
import {
  alpnBody,
  helloMessage,
  helloOf,
  inRecords,
  letters,
  recordedHello,
  serverNameBody,
  sha256,
  sized,
  words,
  type HelloParts,
} from '../support/tls-hello';

const made = (parts: HelloParts) => helloOf(inRecords(helloMessage(parts)));

/** The example of the description: its lists in the order they are sent. */
const EXAMPLE_SUITES = [
  0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f,
  0x0035,
];
const EXAMPLE_EXTENSIONS = [
  0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b,
  0x000a, 0x0015,
];
const EXAMPLE_SCHEMES = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];

const BODIES: Readonly<Record<number, readonly number[]>> = {
  0x0000: serverNameBody('example.com'),
  0x000a: sized(2, words([0x001d])),
  0x000d: sized(2, words(EXAMPLE_SCHEMES)),
  0x0010: alpnBody(letters('h2'), letters('http/1.1')),
  0x002b: sized(1, words([0x0304, 0x0303])),
  0x002d: sized(1, [1]),
  0x0033: sized(2, [...words([0x001d]), ...sized(2, new Array<number>(32).fill(7))]),
};
const extensionsOf = (codes: readonly number[]) => codes.map((code) => [code, BODIES[code] ?? []] as const);

const EXAMPLE = { suites: EXAMPLE_SUITES, extensions: extensionsOf(EXAMPLE_EXTENSIONS) };

describe('JA4', () => {
  it('is the one of the description for its example', async () => {
    expect(await ja4(made(EXAMPLE), sha256)).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1');
    expect(ja4Raw(made(EXAMPLE))).toBe(
      't13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_' +
        '0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_' +
        '0403,0804,0401,0503,0805,0501,0806,0601',
    );
  });

  it('hashes the extensions alone where there are no signature schemes, as in the description', async () => {
    // The example lists 000d among the extensions all the same: one without a single scheme.
    const extensions = EXAMPLE.extensions.map(([code, body]) => [code, code === 0x000d ? sized(2, []) : body] as const);
    expect(await ja4(made({ ...EXAMPLE, extensions }), sha256)).toMatch(/_6d807ffa2a79$/);
  });

  // Published by others for these programs: of curl 7/8 with OpenSSL 3.0, and of Node 18 and 20 (with h1 for h2).
  it('of recorded clients is the one they are known by', async () => {
    expect(await ja4(helloOf(recordedHello('curl')), sha256)).toBe('t13d3112h2_e8f1e7e78f70_b26ce05bbdd6');
    expect(await ja4(helloOf(recordedHello('node')), sha256)).toBe('t13d5911h2_a33745022dd6_1f22a2ca17c4');
    expect(await ja4(helloOf(recordedHello('chromium')), sha256)).toMatch(/^t13d1517h2_8daaf6152771_[0-9a-f]{12}$/);
  });

  it('tells a name from none and no ALPN from some', async () => {
    expect(await ja4(helloOf(recordedHello('openssl-no-name')), sha256)).toMatch(/^t13i310900_e8f1e7e78f70_/);
    expect(await ja4(helloOf(recordedHello('openssl-tls12')), sha256)).toMatch(/^t12d2808h1_/);
  });

  it('does not change with GREASE, nor with the order of suites and extensions', async () => {
    const shuffled = {
      suites: [0x2a2a, ...EXAMPLE_SUITES.toReversed()],
      extensions: [[0x5a5a, [0]] as const, ...EXAMPLE.extensions.toReversed(), [0xdada, []] as const],
    };
    expect(await ja4(made(shuffled), sha256)).toBe(await ja4(made(EXAMPLE), sha256));
  });

  it('changes with the order of the signature schemes', async () => {
    const extensions = EXAMPLE.extensions.map(
      ([code, body]) => [code, code === 0x000d ? sized(2, words(EXAMPLE_SCHEMES.toReversed())) : body] as const,
    );
    expect(await ja4(made({ ...EXAMPLE, extensions }), sha256)).not.toBe(await ja4(made(EXAMPLE), sha256));
  });

  it('leaves GREASE out of the versions and the signature schemes too', () => {
    const extensions = [
      [0x002b, sized(1, words([0xfafa, 0x0303, 0x0302]))] as const,
      [0x000d, sized(2, words([0xeaea, 0x0403]))] as const,
    ];
    expect(ja4Raw(made({ extensions }))).toBe('t12i010200_1301_000d,002b_0403');
  });

  it.each([
    [0x0304, '13'],
    [0x0303, '12'],
    [0x0302, '11'],
    [0x0301, '10'],
    [0x0300, 's3'],
    [0x0666, '00'],
  ])('takes version %i from the old field where there is no other', (version, written) => {
    expect(ja4Raw(made({ version })).slice(1, 3)).toBe(written);
  });

  it('has zeros in place of the hash of nothing', async () => {
    expect(await ja4(made({ suites: [], extensions: null }), sha256)).toBe('t12i000000_000000000000_000000000000');
  });

  it('counts to 99 and no further', () => {
    const suites = Array.from({ length: 120 }, (_, index) => 0xc000 + index);
    expect(ja4Raw(made({ suites })).slice(4, 6)).toBe('99');
  });

  it.each([
    [[0xab], 'ab'],
    [[0xab, 0xcd], 'ad'],
    [[0x30, 0xab], '3b'],
    [[0x30, 0x31, 0xab, 0xcd], '3d'],
    [[0x30, 0xab, 0xcd, 0x31], '01'],
    [letters('x'), 'xx'],
    [letters('http/1.1'), 'h1'],
    [[], '00'],
  ])('writes the first protocol %j as the description says', (name, written) => {
    expect(ja4Raw(made({ extensions: [[16, alpnBody(name)]] })).slice(8, 10)).toBe(written);
  });
});
