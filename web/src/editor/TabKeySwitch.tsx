import { useEffect, useState } from 'react';
import type { CodeEditor } from './useEditor';
import type { MonacoModule } from './useMonaco';

interface TabKeySwitchProps {
  monaco: MonacoModule;
  editor: CodeEditor;
}

/** Says what the Tab key does inside the editor, and changes it: the way out by keyboard. */
export function TabKeySwitch({ monaco, editor }: TabKeySwitchProps) {
  const [moves, setMoves] = useState(false);
  useEffect(() => {
    const read = (): void => setMoves(editor.getOption(monaco.editor.EditorOption.tabFocusMode));
    read();
    const listener = editor.onDidChangeConfiguration(read);
    return () => listener.dispose();
  }, [monaco, editor]);
  const toggle = (): void => editor.trigger('status-bar', 'editor.action.toggleTabFocusMode', null);
  return (
    <button
      type="button"
      className="tab-key"
      aria-pressed={moves}
      title="Ctrl+M in the editor changes this (Ctrl+Shift+M on a Mac)"
      onClick={toggle}
    >
      Tab {moves ? 'moves focus' : 'indents'}
    </button>
  );
}
