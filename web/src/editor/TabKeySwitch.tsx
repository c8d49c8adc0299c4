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
  const [toggled, setToggled] = useState(false);
  useEffect(() => editor.updateOptions({ tabFocusMode: moves }), [editor, moves]);
  useEffect(() => {
    const { KeyCode, KeyMod } = monaco;
    const action = editor.addAction({
      id: 'collab.toggleTabKey',
      label: 'Toggle Whether the Tab Key Moves Focus',
      // The second one is for Macs, where Cmd+M hides the window.
      keybindings: [KeyMod.CtrlCmd | KeyCode.KeyM, KeyMod.WinCtrl | KeyMod.Shift | KeyCode.KeyM],
      run: () => {
        setMoves((before) => !before);
        setToggled(true);
      },
    });
    return () => action.dispose();
  }, [monaco, editor]);
  const text = moves ? 'Tab moves focus' : 'Tab indents';
  return (
    <>
      <button
        type="button"
        className="tab-key"
        title="Ctrl+M in the editor changes this (Ctrl+Shift+M on a Mac)"
        onClick={() => setMoves(!moves)}
      >
        {text}
      </button>
      <span role="status" className="visually-hidden">
        {toggled ? text : ''}
      </span>
    </>
  );
}
