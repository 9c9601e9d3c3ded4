/** What the journal says of a fact, as one line beside the packet it belongs to. */
import { describe } from '../contract/errors';
import type { Fact } from '../contract/facts';

export function noteOf(fact: Fact): string | null {
  switch (fact.kind) {
    case 'trip': {
      const { code, guard, limit, measured, offset } = fact;
      const { title } = describe({ code, detail: { limit, measured } });
      return `bytescope trip ${code} ${guard} limit=${limit} measured=${measured} offset=${offset}: ${title}`;
    }
    case 'fault':
      return `bytescope fault ${fact.code} offset=${fact.offset}: ${describe(fact).title}`;
    case 'rate': {
      if (fact.allowed) return null;
      const { bucket, cost, level, capacity } = fact;
      return `bytescope rate limited ${bucket} cost=${cost} level=${level.toFixed(3)} capacity=${capacity}`;
    }
    default:
      return null;
  }
}
