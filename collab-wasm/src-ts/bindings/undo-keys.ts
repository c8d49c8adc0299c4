/** The keys that mean undo and redo. */

export function undoDirection(event: KeyboardEvent): 'undo' | 'redo' | undefined {
  const mac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');
  const modifier = mac ? event.metaKey : event.ctrlKey;
  if (!modifier || event.altKey || event.isComposing) return undefined;
  const key = event.key.toLowerCase();
  if (key === 'z') return event.shiftKey ? 'redo' : 'undo';
  return key === 'y' && !mac ? 'redo' : undefined;
}
