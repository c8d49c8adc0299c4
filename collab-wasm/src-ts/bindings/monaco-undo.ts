/**
 * The room's undo behind Monaco's: keyboard, menu, command palette and `editor.trigger` all end in
 * the model's `undo` and `redo`, which would also take back what others typed.
 */
import type * as Monaco from 'monaco-editor';
import type { Room, TextFile } from '../types.js';
import type { TextLink } from './text-link.js';

/** Replaces them on this one model until the returned function is called. */
export function replaceUndo(
  model: Monaco.editor.ITextModel,
  room: Room,
  file: TextFile,
  link: TextLink,
): () => void {
  const may = (): boolean => room.status.canWrite && !link.isHolding;
  const ours: Pick<Monaco.editor.ITextModel, 'undo' | 'redo' | 'canUndo' | 'canRedo'> = {
    undo: () => void (may() && file.undo()),
    redo: () => void (may() && file.redo()),
    canUndo: () => may() && file.canUndo,
    canRedo: () => may() && file.canRedo,
  };
  Object.assign(model, ours);
  return () => {
    // The class's own methods lie on its prototype.
    for (const name of Object.keys(ours)) Reflect.deleteProperty(model, name);
  };
}
