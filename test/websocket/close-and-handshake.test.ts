import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ResponseHead } from '../../src-main/http1/events';
import { closeCodeName } from '../../src-main/websocket/close-codes';
import { readClose } from '../../src-main/websocket/close-frame';
import { expectedAccept, extensionsOf, readHandshake } from '../../src-main/websocket/handshake';
import { fieldsOf, requestHead, type FieldPairs } from '../support/request-head';
import { bytesOf, hex, joined } from '../support/websocket-frames';

const sha1 = (text: string) => Promise.resolve(createHash('sha1').update(text).digest('base64'));
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

describe('a close frame', () => {
  it('says its code and its reason', () => {
    expect(readClose(joined(hex('03 e8'), bytesOf('bye – ok')))).toEqual({
      code: 1000,
      name: 'normal closure',
      reason: 'bye – ok',
      fault: null,
    });
  });

  it('may say nothing', () => {
    expect(readClose(new Uint8Array())).toEqual({ code: null, name: null, reason: '', fault: null });
  });

  it('with half a code breaks a rule', () => {
    expect(readClose(hex('03'))).toMatchObject({ code: null, fault: 'WS_CLOSE_LENGTH' });
  });

  it('with a code that is never sent breaks a rule', () => {
    expect(readClose(hex('03 ee'))).toMatchObject({ code: 1006, name: 'abnormal closure', fault: 'WS_CLOSE_CODE' });
  });

  it('with a reason that is not UTF-8 breaks a rule, and is shown all the same', () => {
    expect(readClose(joined(hex('03 e9'), hex('61 ff 62')))).toMatchObject({
      reason: 'a\ufffdb',
      fault: 'WS_CLOSE_REASON',
    });
  });

  it('of an application has a code that only it knows', () => {
    expect([closeCodeName(4000), closeCodeName(1011), closeCodeName(3000)]).toEqual([
      null,
      'internal error',
      'unauthorized',
    ]);
  });
});

const ASKING: FieldPairs = [
  ['Host', 'a'],
  ['Connection', 'keep-alive, Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', KEY],
  ['Sec-WebSocket-Protocol', 'chat, superchat'],
  ['Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits'],
];
const ANSWERING: FieldPairs = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Accept', ACCEPT],
];

const responseHead = (fields: FieldPairs, status = 101): ResponseHead => ({
  ...requestHead('GET', '/', fields),
  kind: 'response',
  status,
  reason: '',
  framing: { kind: 'until-close' },
  interim: false,
});
const read = (reply: FieldPairs, { asking = ASKING, status = 101 } = {}) =>
  readHandshake({ request: requestHead('GET', '/', asking), response: responseHead(reply, status) }, sha1);

describe('a handshake', () => {
  it('is proved as in RFC 6455 §1.3', async () => {
    expect(await expectedAccept(KEY, sha1)).toBe(ACCEPT);
    expect((await read(ANSWERING)).accept).toEqual({ expected: ACCEPT, given: ACCEPT, isRight: true });
  });

  it('in due form is open and has no problem', async () => {
    expect(await read(ANSWERING)).toMatchObject({
      isOpened: true,
      problems: [],
      deflate: null,
      subprotocol: null,
      offeredSubprotocols: ['chat', 'superchat'],
    });
  });

  it('says what was agreed on', async () => {
    const reply: FieldPairs = [
      ...ANSWERING,
      ['Sec-WebSocket-Protocol', 'superchat'],
      ['Sec-WebSocket-Extensions', 'Permessage-Deflate; server_no_context_takeover; client_max_window_bits="10"'],
    ];
    const { deflate, subprotocol, problems } = await read(reply);
    expect([subprotocol, problems]).toEqual(['superchat', []]);
    expect(deflate).toEqual({
      serverKeepsContext: false,
      clientKeepsContext: true,
      serverWindowBits: 15,
      clientWindowBits: 10,
    });
  });

  it.each<[string, FieldPairs, object]>([
    ['Sec-WebSocket-Accept does not answer the key of the request.', ANSWERING.slice(0, 2), {}],
    [
      'Sec-WebSocket-Accept does not answer the key of the request.',
      [...ANSWERING, ['Sec-WebSocket-Accept', ACCEPT]],
      {},
    ],
    ['The server answered with 200 in place of 101.', ANSWERING, { status: 200 }],
    ['The reply does not switch to websocket.', ANSWERING.slice(1), {}],
    ['The request is not an opening handshake of WebSocket.', ANSWERING, { asking: ASKING.slice(2) }],
    ['The server chose an extension that was not offered.', [...ANSWERING, ['Sec-WebSocket-Extensions', 'mux']], {}],
    ['The server chose a subprotocol that was not offered.', [...ANSWERING, ['Sec-WebSocket-Protocol', 'Chat']], {}],
    [
      'The server chose more than one subprotocol.',
      [...ANSWERING, ['Sec-WebSocket-Protocol', 'chat'], ['Sec-WebSocket-Protocol', 'superchat']],
      {},
    ],
  ])('is told that: %s', async (problem, reply, more) => {
    expect((await read(reply, more)).problems).toEqual([problem]);
  });

  it('leaves the proof open where there is no SHA-1', async () => {
    const sides = { request: requestHead('GET', '/', ASKING), response: responseHead(ANSWERING) };
    const { accept, problems } = await readHandshake(sides, null);
    expect([accept, problems]).toEqual([{ expected: null, given: ACCEPT, isRight: null }, []]);
  });

  it('lists extensions over several fields, in order', () => {
    const fields = fieldsOf([
      ['Sec-WebSocket-Extensions', 'a; x=1 ;y, b'],
      ['sec-websocket-extensions', ' , c;x="q\\"r"'],
    ]);
    expect(extensionsOf(fields).map(({ name, parameters }) => [name, ...parameters])).toEqual([
      ['a', ['x', '1'], ['y', null]],
      ['b'],
      ['c', ['x', 'q"r']],
    ]);
  });
});
