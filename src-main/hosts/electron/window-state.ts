/** Where the window stood, kept for the next start. What cannot be used is forgotten: a window always opens. */
import { readFileSync } from 'node:fs';
import type { Rectangle } from 'electron';
import writeFileAtomic from 'write-file-atomic';

export const MIN_WIDTH = 900;
export const MIN_HEIGHT = 560;
/** Of the window that has to be on a screen for a person to take hold of it. */
const MIN_VISIBLE = 100;

export interface WindowState {
  /** Null: where the system puts it. */
  readonly bounds: Rectangle | null;
  readonly maximized: boolean;
}

const NO_STATE: WindowState = { bounds: null, maximized: false };

const isRectangle = (value: unknown): value is Rectangle =>
  typeof value === 'object' &&
  value !== null &&
  ['x', 'y', 'width', 'height'].every((name) => Number.isSafeInteger((value as Record<string, unknown>)[name]));

/** Screens come and go between two starts: a place that is on none of them is no place. */
function isReachable(bounds: Rectangle, screens: readonly Rectangle[]): boolean {
  if (bounds.width < MIN_WIDTH || bounds.height < MIN_HEIGHT) return false;
  return screens.some((screen) => {
    const across = Math.min(bounds.x + bounds.width, screen.x + screen.width) - Math.max(bounds.x, screen.x);
    // The title bar is what a window is moved by.
    const isTopOn = bounds.y >= screen.y && bounds.y + MIN_VISIBLE <= screen.y + screen.height;
    return across >= MIN_VISIBLE && isTopOn;
  });
}

/** `screens`: the work areas of the displays that are there now. */
export function readWindowState(path: string, screens: readonly Rectangle[]): WindowState {
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Partial<WindowState> | null;
    const bounds = isRectangle(kept?.bounds) && isReachable(kept.bounds, screens) ? kept.bounds : null;
    return { bounds, maximized: kept?.maximized === true };
  } catch {
    return NO_STATE;
  }
}

/** A place that cannot be kept is no reason to disturb anybody who closes a window. */
export function keepWindowState(path: string, state: WindowState): void {
  try {
    writeFileAtomic.sync(path, JSON.stringify(state));
  } catch {
    return;
  }
}
