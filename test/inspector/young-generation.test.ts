import { expect, it } from 'vitest';
import { boundYoungGeneration, MAX_YOUNG_BYTES } from '../../src-main/inspector/young-generation';

class Young {
  bytes = 0;
  stops = 0;
  isCollectedAlone = false;
  isWatched = false;
  collected: () => void = () => undefined;

  collectAlone(): void {
    this.isCollectedAlone = true;
  }

  stopGrowing(): void {
    this.stops += 1;
  }

  onCollected(collected: () => void): () => void {
    this.isWatched = true;
    this.collected = collected;
    return () => (this.isWatched = false);
  }
}

it('is collected by one thread from the beginning', () => {
  const young = new Young();
  boundYoungGeneration(young);
  expect(young.isCollectedAlone).toBe(true);
});

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
