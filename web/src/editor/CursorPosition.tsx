import { useEffect, useState } from 'react';
import type { CodeEditor } from './useEditor';

/** Line and column, and how much is selected. */
export function CursorPosition({ editor }: { editor: CodeEditor | null }) {
  const [text, setText] = useState('');
  useEffect(() => {
    if (editor === null) {
      setText('');
      return;
    }
    const read = (): void => setText(describe(editor));
    read();
    const listeners = [editor.onDidChangeCursorSelection(read), editor.onDidChangeModel(read)];
    return () => listeners.forEach((listener) => listener.dispose());
  }, [editor]);
  return <span className="cursor-position">{text}</span>;
}

function describe(editor: CodeEditor): string {
  const selection = editor.getSelection();
  const model = editor.getModel();
  if (selection === null || model === null) return '';
  const selected = model.getValueLengthInRange(selection);
  const place = `Ln ${selection.positionLineNumber}, Col ${selection.positionColumn}`;
  return selected === 0 ? place : `${place} (${selected} selected)`;
}
