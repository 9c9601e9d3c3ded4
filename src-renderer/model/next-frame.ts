/** A hidden tab gets no animation frames; it still has to take in what the engine sends. */
const HIDDEN_FLOOR_MS = 250;

/** Runs once: at the next animation frame, or after the floor where no frame comes. Returns what prevents it. */
export function nextFrame(run: () => void): () => void {
  const cancel = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  const once = () => {
    cancel();
    run();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, HIDDEN_FLOOR_MS);
  return cancel;
}
