/**
 * What became of each field line on its way through us: the lines of the message as it came beside those of the message
 * as it went on. It goes by the two alone, so it shows what was done, whatever was meant.
 *
 * Lines of one name are paired: those with the same value first, then what is left in its order. Time is linear in the
 * lines.
 */
import type { FieldPart } from './message-parts';

export type FieldFate = 'same' | 'changed' | 'removed' | 'added';

export interface FieldPair<Part = FieldPart> {
  readonly fate: FieldFate;
  /** As it came; null where it was added. */
  readonly before: Part | null;
  /** As it went on; null where it was removed. */
  readonly after: Part | null;
}

interface Named {
  readonly name: string;
  readonly value: string;
}

/** For each line as it went on, which line it was before; -1: none. */
function partners(before: readonly Named[], after: readonly Named[]): number[] {
  const found = new Array<number>(after.length).fill(-1);
  const taken = new Array<boolean>(before.length).fill(false);
  // A value may hold anything but a line end, so that this stands between name and value as nothing else can.
  pairBy((part) => `${part.name.toLowerCase()}\n${part.value}`);
  pairBy((part) => part.name.toLowerCase());
  return found;

  function pairBy(keyOf: (part: Named) => string): void {
    const waiting = new Map<string, number[]>();
    for (let index = before.length - 1; index >= 0; index -= 1) {
      if (taken[index] === true) continue;
      const key = keyOf(before[index] as Named);
      const places = waiting.get(key);
      if (places === undefined) waiting.set(key, [index]);
      else places.push(index);
    }
    after.forEach((part, index) => {
      if (found[index] !== -1) return;
      const partner = waiting.get(keyOf(part))?.pop();
      if (partner === undefined) return;
      found[index] = partner;
      taken[partner] = true;
    });
  }
}

const fateOf = (before: Named, after: Named): FieldFate =>
  before.name === after.name && before.value === after.value ? 'same' : 'changed';

/** In the order of the message as it came; what was added stands before the line it was written before. */
export function fieldChanges<Part extends Named>(
  before: readonly Part[],
  after: readonly Part[],
): readonly FieldPair<Part>[] {
  const partnerOf = partners(before, after);
  const afterOf = new Map<number, Part>();
  const addedBefore = new Map<number, Part[]>();
  let waiting: Part[] = [];
  after.forEach((part, index) => {
    const partner = partnerOf[index] as number;
    if (partner === -1) return void waiting.push(part);
    afterOf.set(partner, part);
    if (waiting.length > 0) addedBefore.set(partner, waiting);
    waiting = [];
  });
  const added = (part: Part): FieldPair<Part> => ({ fate: 'added', before: null, after: part });
  const pairs = before.flatMap((part, index): FieldPair<Part>[] => {
    const passed = afterOf.get(index) ?? null;
    const fate = passed === null ? 'removed' : fateOf(part, passed);
    return [...(addedBefore.get(index) ?? []).map(added), { fate, before: part, after: passed }];
  });
  return [...pairs, ...waiting.map(added)];
}
