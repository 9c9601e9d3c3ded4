import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { MAX_EXCHANGES_KEPT, type Exchange, type Relay } from '../../src-main/contract/connections';
import { ExchangeLog, KeptExchange } from '../../src-main/inspector/exchange-log';
import { newMarks } from '../../src-main/session/relay-marks';

const offset = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const id = fc.integer({ min: 0, max: 100_000 });
const timeMs = fc.double({ min: 0, max: 2 ** 42, noNaN: true });
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
/** As the engine makes them: with the prototype of an object literal. */
const record = <Value>(fields: { [Key in keyof Value]: fc.Arbitrary<Value[Key]> }): fc.Arbitrary<Value> =>
  fc.record<Value>(fields, { noNullPrototype: true });

const relay: fc.Arbitrary<Relay> = record<Relay>({
  upstream: fc.constantFrom('api', 'web', ''),
  server: fc.constantFrom('http://127.0.0.1:3000', 'http://127.0.0.1:3001', ''),
  retries: id,
  connection: id,
  number: id,
  routedAtMs: timeMs,
  connectAtMs: orNull(timeMs),
  connectedAtMs: orNull(timeMs),
  securedAtMs: orNull(timeMs),
  sendAtMs: orNull(timeMs),
  sentAtMs: orNull(timeMs),
  replyAtMs: orNull(timeMs),
  repliedAtMs: orNull(timeMs),
});

const exchange: fc.Arbitrary<KeptExchange> = record<KeptExchange>({
  number: id,
  method: fc.constantFrom('GET', 'POST', ''),
  target: fc.constantFrom('/', '/a', ''),
  version: fc.constantFrom('HTTP/1.1', ''),
  startedAtMs: timeMs,
  requestStart: offset,
  fieldsStart: offset,
  headEnd: orNull(offset),
  requestEnd: orNull(offset),
  headAtMs: orNull(timeMs),
  requestAtMs: orNull(timeMs),
  bodyBytes: offset,
  status: orNull(fc.integer({ min: 100, max: 999 })),
  replyStart: orNull(offset),
  replyEnd: orNull(offset),
  replyAtMs: orNull(timeMs),
  tokensLeft: orNull(timeMs),
  relay: orNull(relay),
  relayOf: orNull(record({ connection: id, number: id })),
  switchedTo: fc.constantFrom(null, null, null, 'tunnel', 'websocket', 'other'),
  failure: fc.constantFrom(null, null, null, { code: 'LIM_RATE', detail: { limit: 1, cost: 2 }, offset: 2 ** 40 }),
});

/** What a plain server keeps: nothing was passed on. */
const plain = exchange.map((made) => ({ ...made, relay: null, relayOf: null, switchedTo: null }));

/** From a cap to the next: how many exchanges begin under it. */
const stretches = fc.array(record({ most: fc.integer({ min: 8, max: 40 }), exchanges: fc.array(exchange) }), {
  minLength: 1,
  maxLength: 4,
});

const markedAt = (routedAtMs: number): Relay =>
  newMarks({ upstream: 'api', server: 'http://127.0.0.1:3000' }, 0, routedAtMs);

const clone = (exchanges: readonly Exchange[]): unknown => structuredClone(exchanges);

describe('ExchangeLog', () => {
  test.prop([fc.array(plain), stretches])(
    'gives back every exchange as it was, the latest ones where not all are kept',
    (before, relayed) => {
      const log = new ExchangeLog();
      const begun: KeptExchange[] = [];
      for (const { most, exchanges } of [{ most: MAX_EXCHANGES_KEPT, exchanges: before }, ...relayed]) {
        for (const made of exchanges) {
          Object.assign(log.begin(most), made);
          begun.push(made);
          expect(log.count).toBeLessThan(most);
        }
      }
      const all = log.all();
      expect(all).toStrictEqual(begun.slice(log.dropped).map((made) => ({ ...made })));
      expect([all.length, log.dropped + log.count]).toEqual([log.count, begun.length]);
    },
  );

  it('begins an exchange with nothing reached', () => {
    const log = new ExchangeLog();
    Object.assign(log.begin(8), fc.sample(exchange, 1)[0]);
    const { number, method, target, version, startedAtMs, requestStart, fieldsStart } = log.latest!;
    const ofTheHead = { number, method, target, version, startedAtMs, requestStart, fieldsStart };
    expect({ ...log.begin(8) }).toEqual({ ...new KeptExchange(), ...ofTheHead });
  });

  it('shows the marks of the latest relay as they are filled in', () => {
    const log = new ExchangeLog();
    const marks = { ...markedAt(1) };
    log.begin(8).relay = marks;
    marks.sendAtMs = 2.5;
    expect(log.all()[0]?.relay?.sendAtMs).toBe(2.5);
  });

  // Kept, the marks of hundreds of requests on each connection would live through every garbage collection.
  it('lets go of what was told of an exchange once the next has begun', () => {
    const log = new ExchangeLog();
    const [marks, relayOf] = [markedAt(1.5), { connection: 7, number: 3 }];
    Object.assign(log.begin(8), { relay: marks, relayOf });
    log.begin(8);
    const earlier = log.all()[0];
    expect([earlier?.relay, earlier?.relayOf]).toEqual([marks, relayOf]);
    expect([earlier?.relay === marks, earlier?.relayOf === relayOf]).toEqual([false, false]);
  });

  it('hands out copies of the earlier exchanges', () => {
    const log = new ExchangeLog();
    for (let number = 1; number <= 3; number += 1) Object.assign(log.begin(8), { number, relay: markedAt(number) });
    const before = clone(log.all());
    for (const copy of log.all().slice(0, -1)) Object.assign(copy, { number: 99, relay: null });
    expect(clone(log.all())).toEqual(before);
  });
});
