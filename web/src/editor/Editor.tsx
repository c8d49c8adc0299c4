import type { FileInfo, Room } from 'collab-wasm';
import { useEffect, type RefObject } from 'react';
import type { Scheme } from '../theme/theme';
import './Editor.css';
import type { Caret } from './PlainEditor';
import { useBoundFile } from './useBoundFile';
import { useEditor, type CodeEditor } from './useEditor';
import type { MonacoModule } from './useMonaco';

interface EditorProps {
  monaco: MonacoModule;
  room: Room;
  file: FileInfo;
  scheme: Scheme;
  /** Where the caret was in the plain editor; taken once. */
  caret: RefObject<Caret | null>;
  /** Gives the editor to whoever jumps in it or reads its cursor. */
  onEditor: (editor: CodeEditor | null) => void;
}

/** The shown file in Monaco, with everybody's cursors. */
export function Editor({ monaco, room, file, scheme, caret, onEditor }: EditorProps) {
  const [host, editor] = useEditor(monaco, scheme);
  useBoundFile(monaco, editor, room, file.id, file.language, caret);
  useEffect(() => {
    onEditor(editor);
    return () => onEditor(null);
  }, [editor, onEditor]);
  useEffect(() => editor?.updateOptions({ ariaLabel: `Editor, ${file.name}` }), [editor, file.name]);
  return <div className="editor-host" ref={host} />;
}
