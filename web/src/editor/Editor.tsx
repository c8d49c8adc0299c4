import type { FileInfo, Room } from 'collab-wasm';
import { useEffect } from 'react';
import type { Scheme } from '../theme/theme';
import './Editor.css';
import { useBoundFile } from './useBoundFile';
import { useEditor, type CodeEditor } from './useEditor';
import type { MonacoModule } from './useMonaco';

interface EditorProps {
  monaco: MonacoModule;
  room: Room;
  file: FileInfo;
  scheme: Scheme;
  /** Gives the editor to whoever jumps in it or reads its cursor. */
  onEditor: (editor: CodeEditor | null) => void;
}

/** The shown file in Monaco, with everybody's cursors. */
export function Editor({ monaco, room, file, scheme, onEditor }: EditorProps) {
  const [host, editor] = useEditor(monaco, scheme);
  useBoundFile(monaco, editor, room, file.id, file.language);
  useEffect(() => {
    onEditor(editor);
    return () => onEditor(null);
  }, [editor, onEditor]);
  useEffect(() => editor?.updateOptions({ ariaLabel: `Editor, ${file.name}` }), [editor, file.name]);
  return <div className="editor-host" ref={host} />;
}
