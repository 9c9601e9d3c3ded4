/**
 * What of a text is otherwise in another: all but what both begin and end with. Two that have little in common are
 * otherwise as a whole: a digit that happens to be the same tells nothing.
 */
export interface ChangedPart {
  readonly before: string;
  readonly changed: string;
  readonly after: string;
}

export function changedPart(text: string, other: string): ChangedPart {
  const most = Math.min(text.length, other.length);
  let start = 0;
  while (start < most && text[start] === other[start]) start += 1;
  let end = 0;
  while (end < most - start && text[text.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  if ((start + end) * 2 < most) return { before: '', changed: text, after: '' };
  const last = text.length - end;
  return { before: text.slice(0, start), changed: text.slice(start, last), after: text.slice(last) };
}
