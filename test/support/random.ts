/** Numbers that look random and are the same in every run: a test that fails can be run again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/** Places to cut a text of this length at, in ascending order. */
export function randomCuts(length: number, random: () => number): number[] {
  const share = random();
  return Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1).filter(() => random() < share * 0.5);
}
