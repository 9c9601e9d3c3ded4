/** How an upstream server of a chaos run behaves, and when. */

/**
 * `well`: every reply right, in all framings, some with `Connection: close`, some in pieces. `slow`: the same, late and
 * bit by bit. `gone`: refuses connections, those it had are reset. `silent`: reads and never answers. `cutting`: ends
 * or resets within a reply. `resetting`: resets when a request has come. `closing`: closes a kept connection as the
 * next request comes on it. `garbled`: what it sends is no HTTP, reads two ways, or goes on after its end.
 */
export const MOODS = ['well', 'slow', 'gone', 'silent', 'cutting', 'resetting', 'closing', 'garbled'] as const;
export type Mood = (typeof MOODS)[number];

/** `least` to `most`, both whole. */
export const between = (random: () => number, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));

export function pick<Item>(random: () => number, items: readonly [Item, ...Item[]]): Item {
  return items[Math.floor(random() * items.length)] ?? items[0];
}

const TROUBLES = ['slow', 'gone', 'silent', 'cutting', 'resetting', 'closing', 'garbled'] as const;

/** One after the other, so that each is there however the dice fall. */
const FIRST_SCENES: readonly (readonly Mood[])[] = [
  ['well', 'well', 'well', 'well'],
  ...TROUBLES.map((mood): readonly Mood[] => [mood, 'well', 'well', 'well']),
  ['gone', 'gone', 'gone', 'gone'],
  ['well', 'closing', 'closing', 'slow'],
  ['cutting', 'cutting', 'cutting', 'cutting'],
];

/** The moods of all servers for a while; there is one without end after the other. */
export function* scenes(servers: number, random: () => number): Generator<readonly Mood[], never> {
  for (const scene of FIRST_SCENES) {
    const turn = between(random, 0, servers - 1);
    yield Array.from({ length: servers }, (_, index) => scene[(index + turn) % scene.length] ?? 'well');
  }
  for (;;) {
    yield Array.from({ length: servers }, (_, index) =>
      index === 0 || random() < 0.4 ? 'well' : pick(random, TROUBLES),
    );
  }
}
