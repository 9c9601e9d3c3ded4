/** Which key does what, and when a key is left to the element that has the focus. */

export type KeyAction = 'filter' | 'next' | 'previous' | 'pause' | 'keys' | 'curl' | 'upstreams' | 'escape';

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly defaultPrevented: boolean;
}

/** What has the focus: a place to type, something that keys activate, or neither. */
export type FocusKind = 'typing' | 'control' | 'list' | 'page';

const ACTIONS: Readonly<Record<string, KeyAction>> = {
  '/': 'filter',
  j: 'next',
  k: 'previous',
  ' ': 'pause',
  '?': 'keys',
  c: 'curl',
  u: 'upstreams',
  Escape: 'escape',
};

/** Space and Enter belong to a focused control; arrows to whatever scrolls, unless the list or nothing has the focus. */
export function keyAction(press: KeyPress, focus: FocusKind): KeyAction | null {
  if (press.defaultPrevented || press.ctrlKey || press.metaKey || press.altKey || focus === 'typing') return null;
  if (focus === 'list' || focus === 'page') {
    if (press.key === 'ArrowDown') return 'next';
    if (press.key === 'ArrowUp') return 'previous';
  }
  if (press.key === ' ' && focus === 'control') return null;
  return ACTIONS[press.key] ?? null;
}

/** The keys as the dialog and the status bar list them. */
export const KEY_HELP: readonly { readonly keys: readonly string[]; readonly does: string; readonly short?: string }[] =
  [
    { keys: ['/'], does: 'Filter connections', short: 'filter' },
    { keys: ['j', 'k'], does: 'Next and previous connection; the arrow keys do the same', short: 'move' },
    { keys: ['Space'], does: 'Pause the list; capturing goes on', short: 'pause' },
    { keys: ['c'], does: 'Copy a command to try the listener with' },
    { keys: ['u'], does: 'Show or hide the upstream servers' },
    { keys: ['Esc'], does: 'Leave the filter, close a panel, or deselect' },
    { keys: ['?'], does: 'Show these keys', short: 'keys' },
  ];
