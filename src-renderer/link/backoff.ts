const FIRST_DELAY_MS = 250;
/** A person who starts the engine again should not wait longer than this for the page to notice. */
const LONGEST_DELAY_MS = 4_000;

/** How long to wait before the attempt with this number (0, 1, 2 …). */
export const retryDelayMs = (attempt: number): number => Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS);
