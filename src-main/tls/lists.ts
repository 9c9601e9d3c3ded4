/** The lists a hello is made of: a length, then numbers that mean something. */
import type { Cursor } from './cursor';
import type { Place } from './message-bytes';
import { named, type Named, type Registry } from './registry';
import type { TlsKind } from './span-kinds';

/** One thing a client offers, and where it says so. */
export interface Offered extends Named {
  readonly place: Place;
}

export interface ItemShape {
  readonly registry: Registry;
  readonly kind: TlsKind;
}

export interface ListShape extends ItemShape {
  /** Bytes of the length in front of it. */
  readonly prefix: 1 | 2;
  /** What the length measures. */
  readonly what: string;
}

export function takeItem(cursor: Cursor, end: number, { registry, kind }: ItemShape): Offered | null {
  const taken = cursor.number(registry.width, end, (value) => {
    const { name, isGrease } = named(registry, value);
    return { kind: isGrease ? 'tls-grease' : kind, name };
  });
  return taken && { ...named(registry, taken.value), place: taken.place };
}

/** As far as it has come and is well formed. */
export function takeList(cursor: Cursor, end: number, shape: ListShape): Offered[] {
  const items: Offered[] = [];
  const listEnd = cursor.vector(shape.prefix, end, shape.what);
  if (listEnd === null) return items;
  cursor.each(listEnd, () => {
    const item = takeItem(cursor, listEnd, shape);
    if (item !== null) items.push(item);
  });
  return items;
}
