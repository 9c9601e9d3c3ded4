/** False where the browser keeps the clipboard to itself: outside of a secure context, or when it was denied. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
