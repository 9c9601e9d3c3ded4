/** The members of a comma-separated list, as text (RFC 9110 §5.6.1). Time is linear, whatever white space there is. */
import { isOws } from './grammar';

/** Text between two places without the white space of the grammar around it: `trim` would take more than that. */
export function withoutOws(text: string, start: number, end: number): string {
  let first = start;
  let last = end;
  while (first < last && isOws(text.charCodeAt(first))) first += 1;
  while (last > first && isOws(text.charCodeAt(last - 1))) last -= 1;
  return text.slice(first, last);
}

/** Empty members are left out, as §5.6.1.2 has recipients do. Quotes mean nothing: no list read by this has them. */
export function listMembers(text: string): string[] {
  const members: string[] = [];
  for (let start = 0; start <= text.length;) {
    const comma = text.indexOf(',', start);
    const end = comma === -1 ? text.length : comma;
    const member = withoutOws(text, start, end);
    if (member !== '') members.push(member);
    start = end + 1;
  }
  return members;
}
