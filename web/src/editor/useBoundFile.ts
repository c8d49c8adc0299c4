import type { Room } from 'collab-wasm';
import { bindMonaco } from 'collab-wasm/monaco';
import type * as Monaco from 'monaco-editor/editor';
import { useEffect, useRef, type RefObject } from 'react';
import { languageById, PLAIN_TEXT } from './languages';
import type { Caret } from './PlainEditor';
import type { CodeEditor } from './useEditor';
import type { MonacoModule } from './useMonaco';

type ViewState = Monaco.editor.ICodeEditorViewState;

/**
 * Shows a file of the room in the editor: a fresh model bound to its text, with the scroll position
 * and selection that it had when it was last shown.
 */
export function useBoundFile(
  monaco: MonacoModule,
  editor: CodeEditor | null,
  room: Room,
  fileId: string,
  language: string,
  caret: RefObject<Caret | null>,
): void {
  const views = useRef(new Map<string, ViewState>());
  useEffect(() => {
    if (editor === null) return;
    const model = monaco.editor.createModel(room.files.open(fileId).text, 'plaintext');
    editor.setModel(model);
    const binding = bindMonaco(room, fileId, editor, monaco);
    editor.restoreViewState(views.current.get(fileId) ?? null);
    if (caret.current?.fileId === fileId) takeOver(monaco, editor, model, caret.current);
    caret.current = null;
    const kept = views.current;
    return () => {
      const view = editor.saveViewState();
      if (view !== null) kept.set(fileId, view);
      binding.dispose();
      editor.setModel(null);
      model.dispose();
    };
  }, [monaco, editor, room, fileId, caret]);
  useEffect(() => {
    const model = editor?.getModel();
    if (model === null || model === undefined) return;
    const { id, tabSize } = languageById(language);
    monaco.editor.setModelLanguage(model, id);
    model.updateOptions({ tabSize, indentSize: tabSize, insertSpaces: id !== 'go' });
    editor?.updateOptions({ quickSuggestions: id !== PLAIN_TEXT.id && id !== 'markdown' });
  }, [monaco, editor, fileId, language]);
}

/** Goes on where the person was typing. */
function takeOver(monaco: MonacoModule, editor: CodeEditor, model: Monaco.editor.ITextModel, { start, end }: Caret): void {
  const [from, to] = [model.getPositionAt(start), model.getPositionAt(end)];
  editor.setSelection(monaco.Selection.fromPositions(from, to));
  editor.focus();
}
