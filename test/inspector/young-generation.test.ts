import { expect, it } from 'vitest';
import { boundYoungGeneration, MAX_YOUNG_BYTES } from '../../src-main/inspector/young-generation';

class Young {
  bytes = 0;
  stops = 0;
  isWatched = false;
  collected: () => void = () => undefined;

  stopGrowing(): void {
    this.stops += 1;
  }

  onCollected(collected: () => void): () => void {
    this.isWatched = true;
    this.collected = collected;
    return () => (this.isWatched = false);
  }
}

it('grows as it likes until it has enough', () => {
  const young = new Young();
  boundYoungGeneration(young);
  young.bytes = MAX_YOUNG_BYTES - 1;
  young.collected();
  expect(young).toMatchObject({ stops: 0, isWatched: true });
});

it('stops growing once it has, and is not looked at any more', () => {
  const young = new Young();
  boundYoungGeneration(young);
  young.bytes = MAX_YOUNG_BYTES;
  young.collected();
  expect(young).toMatchObject({ stops: 1, isWatched: false });
});
