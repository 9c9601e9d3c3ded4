/** Tables of Markdown, and how figures stand in them. */

export const whole = (/** @type {number} */ value) => Math.round(value).toLocaleString('en');
export const times = (/** @type {number} */ ratio) => `${ratio.toFixed(2)} ×`;
export const milliseconds = (/** @type {number} */ value) =>
  Number.isNaN(value) ? '?' : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
export const megabytes = (/** @type {number} */ bytes) => `${whole(bytes / 1024 ** 2)} MB`;

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
export const table = (head, rows) =>
  [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
