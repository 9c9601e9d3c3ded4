import { describe, expect, it } from 'vitest';
import { ByteView } from '../../../src-renderer/model/byte-view.svelte';

describe('the byte view', () => {
  it('selects from the anchor to the cursor, in either order', () => {
    const view = new ByteView();
    view.select(10);
    view.select(4, true);
    expect(view.selection).toEqual({ start: 4, end: 11 });
    view.select(20, true);
    expect(view.selection).toEqual({ start: 10, end: 21 });
    view.select(3);
    expect(view.selection).toEqual({ start: 3, end: 4 });
  });

  it('jumps to bytes of the other direction', () => {
    const view = new ByteView();
    view.jump('out', { start: 40, end: 50 });
    expect([view.direction, view.selection, view.reveal]).toEqual([
      'out',
      { start: 40, end: 50 },
      { offset: 40, how: 'anchor' },
    ]);
  });

  it('asks anew for every jump, also to the same byte', () => {
    const view = new ByteView();
    view.jump('in', { start: 1, end: 2 });
    const first = view.lastJump;
    view.jump('in', { start: 1, end: 2 });
    expect(view.lastJump).not.toBe(first);
  });

  it('forgets places, not form, when another connection is looked at', () => {
    const view = new ByteView();
    view.setMode('text');
    view.jump('out', { start: 40, end: 50 });
    view.reset();
    expect([view.mode, view.direction, view.selection, view.reveal]).toEqual(['text', 'in', null, null]);
  });

  it('brings lit bytes into view without selecting them', () => {
    const view = new ByteView();
    view.select(3);
    view.lightIn('in', { start: 8, end: 9 });
    expect([view.selection, view.lit, view.reveal?.offset]).toEqual([{ start: 3, end: 4 }, { start: 8, end: 9 }, 8]);
  });
});
