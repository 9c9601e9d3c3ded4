import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { BALANCES, type Balance } from '../../src-main/contract/proxy-config';
import { hashOf, NONE, Rotation } from '../../src-main/guard/rotation';
import { seeded } from '../support/random';

interface Server {
  inFlight: number;
  readonly hash: number;
}

const serversOf = (count: number): Server[] =>
  Array.from({ length: count }, (_, index) => ({ inFlight: 0, hash: hashOf(`http://s${index}`) }));

/** A rotation whose servers can be looked at, and what it chose. */
class Chooser {
  readonly servers: Server[];
  readonly counts: number[];
  readonly #rotation: Rotation;

  constructor(
    count: number,
    private readonly balance: Balance,
    seed = 1,
  ) {
    this.servers = serversOf(count);
    this.counts = this.servers.map(() => 0);
    this.#rotation = new Rotation(this.servers, seeded(seed));
  }

  choose(weights: readonly number[], key = ''): number {
    const index = this.#rotation.choose(this.balance, Float64Array.from(weights), key);
    if (index !== NONE) this.counts[index] = (this.counts[index] ?? 0) + 1;
    return index;
  }
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);
const weightList = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 });

/** Five standard deviations of so many draws: once in two million runs for another reason, and the draws are seeded. */
const slack = (draws: number, share: number) => 5 * Math.sqrt(draws * share * (1 - share)) + 1;

describe.each(BALANCES)('%s', (balance) => {
  test.prop([fc.array(fc.constantFrom(0, 0.3, 1, 7), { maxLength: 8 }), fc.string(), fc.integer({ min: 1 })])(
    'chooses a server whose weight is not 0, and none only where there is none',
    (weights, key, seed) => {
      const chooser = new Chooser(weights.length, balance, seed);
      for (let round = 0; round < 20; round += 1) {
        const index = chooser.choose(weights, `${key}${round}`);
        if (weights.some((weight) => weight > 0)) expect(weights[index]).toBeGreaterThan(0);
        else expect(index).toBe(NONE);
        const server = chooser.servers[index];
        if (server !== undefined && round % 3 > 0) server.inFlight += 1;
      }
    },
  );

  it('gives each server its weight of the requests', () => {
    const weights = [1, 2, 3, 0, 4];
    const chooser = new Chooser(weights.length, balance);
    for (let request = 0; request < 20_000; request += 1)
      chooser.choose(weights, `10.${request >> 8}.${request & 255}`);
    for (const [index, weight] of weights.entries()) {
      const expected = (20_000 * weight) / sumOf(weights);
      expect(Math.abs((chooser.counts[index] ?? 0) - expected)).toBeLessThanOrEqual(slack(20_000, expected / 20_000));
    }
  });
});

describe('round robin', () => {
  it('spreads the turns of a heavy server, as nginx does', () => {
    const chooser = new Chooser(3, 'round-robin');
    expect(Array.from({ length: 7 }, () => chooser.choose([5, 1, 1]))).toEqual([0, 0, 1, 0, 2, 0, 0]);
  });

  test.prop([weightList, fc.integer({ min: 1, max: 3 })])(
    'gives each server exactly its weight in as many requests as the weights sum to',
    (weights, rounds) => {
      const chooser = new Chooser(weights.length, 'round-robin');
      for (let request = 0; request < rounds * sumOf(weights); request += 1) chooser.choose(weights);
      expect(chooser.counts).toEqual(weights.map((weight) => weight * rounds));
    },
  );

  test.prop([weightList, fc.nat(200)])(
    'is at any time at most one request ahead of a server’s share, and behind by fewer than there are servers',
    (weights, requests) => {
      const chooser = new Chooser(weights.length, 'round-robin');
      for (let request = 0; request < requests; request += 1) chooser.choose(weights);
      for (const [index, count] of chooser.counts.entries()) {
        const ahead = count - (requests * (weights[index] ?? 0)) / sumOf(weights);
        expect(ahead).toBeLessThanOrEqual(1);
        expect(ahead).toBeGreaterThan(-weights.length);
      }
    },
  );
});

describe('least connections', () => {
  test.prop([weightList, fc.array(fc.nat(1_000), { maxLength: 200 })])(
    'never chooses a server while another has fewer requests for its weight',
    (weights, ends) => {
      const chooser = new Chooser(weights.length, 'least-connections');
      const held: number[] = [];
      for (const end of ends) {
        const loads = chooser.servers.map(({ inFlight }, index) => inFlight / (weights[index] ?? 1));
        const index = chooser.choose(weights);
        expect(loads[index]).toBe(Math.min(...loads));
        chooser.servers[index]!.inFlight += 1;
        held.push(index);
        if (end % 3 === 0) chooser.servers[held.splice(end % held.length, 1)[0]!]!.inFlight -= 1;
      }
    },
  );

  it('takes turns among servers that are idle', () => {
    const chooser = new Chooser(3, 'least-connections');
    expect(Array.from({ length: 6 }, () => chooser.choose([1, 1, 1]))).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('passes by a server that is slow', () => {
    const chooser = new Chooser(2, 'least-connections');
    chooser.servers[0]!.inFlight = 5;
    expect(Array.from({ length: 4 }, () => chooser.choose([1, 1]))).toEqual([1, 1, 1, 1]);
  });
});

describe('random two', () => {
  it('never chooses the busiest of three', () => {
    const chooser = new Chooser(3, 'random-two');
    chooser.servers[1]!.inFlight = 9;
    for (let request = 0; request < 1_000; request += 1) chooser.choose([1, 1, 1]);
    expect(chooser.counts[1]).toBe(0);
  });

  it('compares two different ones', () => {
    const chooser = new Chooser(2, 'random-two');
    chooser.servers[0]!.inFlight = 1;
    for (let request = 0; request < 1_000; request += 1) chooser.choose([1, 1]);
    expect(chooser.counts).toEqual([0, 1_000]);
  });

  // Requests that never end: one random choice alone would leave a spread of some 6 here.
  it('keeps servers within a few requests of one another', () => {
    const chooser = new Chooser(20, 'random-two');
    const weights = chooser.servers.map(() => 1);
    for (let request = 0; request < 2_000; request += 1) chooser.servers[chooser.choose(weights)]!.inFlight += 1;
    const counts = chooser.servers.map(({ inFlight }) => inFlight);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(6);
  });
});

describe('hash', () => {
  const KEYS = Array.from({ length: 500 }, (_, index) => `client ${index}`);
  const ownersOf = (weights: readonly number[]): number[] => {
    const chooser = new Chooser(weights.length, 'hash');
    return KEYS.map((key) => chooser.choose(weights, key));
  };

  it('sends a key to the same server every time', () => {
    expect(ownersOf([1, 1, 1])).toEqual(ownersOf([1, 1, 1]));
  });

  test.prop([weightList, fc.nat()])('moves only the keys of a server that leaves', (weights, pick) => {
    const gone = pick % weights.length;
    const before = ownersOf(weights);
    const after = ownersOf(weights.map((weight, index) => (index === gone ? 0 : weight)));
    const moved = KEYS.filter((_, index) => before[index] !== after[index] && before[index] !== gone);
    expect(moved).toEqual([]);
  });

  test.prop([weightList, fc.nat(), fc.double({ min: 1.01, max: 10, noNaN: true })])(
    'moves keys only to a server whose weight grows',
    (weights, pick, factor) => {
      const grown = pick % weights.length;
      const before = ownersOf(weights);
      const after = ownersOf(weights.map((weight, index) => (index === grown ? weight * factor : weight)));
      expect(after.filter((owner, index) => owner !== before[index] && owner !== grown)).toEqual([]);
    },
  );

  it('does not go by the order of the servers', () => {
    const servers = serversOf(5);
    const weights = Float64Array.from([1, 1, 1, 1, 1]);
    const forth = new Rotation(servers, seeded(1));
    const back = new Rotation(servers.toReversed(), seeded(1));
    const owners = KEYS.map((key) => [forth.choose('hash', weights, key), 4 - back.choose('hash', weights, key)]);
    expect(owners.filter(([a, b]) => a !== b)).toEqual([]);
  });

  // Neighbouring addresses differ in a digit: a weak hash would send whole networks to one server.
  it('spreads neighbouring addresses over servers on neighbouring ports', () => {
    const servers = [3000, 3001, 3002, 3003].map((port) => ({ inFlight: 0, hash: hashOf(`http://127.0.0.1:${port}`) }));
    const rotation = new Rotation(servers, seeded(1));
    const counts = [0, 0, 0, 0];
    for (let client = 0; client < 4_000; client += 1) {
      const index = rotation.choose('hash', Float64Array.of(1, 1, 1, 1), `10.0.${client >> 8}.${client & 255}`);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThanOrEqual(slack(4_000, 0.25));
  });
});
