import type { FileInfo } from 'collab-wasm';
import { useCallback, useRef, useState } from 'react';
import { EditorSkeleton } from '../editor/EditorSkeleton';
import type { CodeEditor } from '../editor/useEditor';
import { PlainEditor, type Caret } from '../editor/PlainEditor';
import type { MonacoState } from '../editor/useMonaco';
import { tabId } from '../files/Tab';
import type { RoomState } from '../session/useRoom';
import type { Scheme } from '../theme/theme';
import { LoadFailure } from './LoadFailure';

interface EditorPanelProps {
  state: RoomState;
  monaco: MonacoState;
  file: FileInfo | null;
  scheme: Scheme;
  onEditor: (editor: CodeEditor | null) => void;
  /** `null` while nothing can be created. */
  onCreate: (() => void) | null;
}

/** The middle of the page: the editor, or what stands in its place. */
export function EditorPanel(props: EditorPanelProps) {
  const { file } = props;
  const label = file === null ? { 'aria-label': 'Editor' } : { 'aria-labelledby': tabId(file.id) };
  return (
    <main className="editor-area">
      <div className="editor-panel" id="editor-panel" role="tabpanel" tabIndex={-1} {...label}>
        <Content {...props} />
      </div>
    </main>
  );
}

function Content({ state, monaco, file, scheme, onEditor, onCreate }: EditorPanelProps) {
  const [composing, setComposing] = useState(false);
  const caret = useRef<Caret | null>(null);
  const keepCaret = useCallback((left: Caret) => (caret.current = left), []);
  if (state.kind === 'failed') return <LoadFailure code={state.code} />;
  if (monaco.kind === 'failed') return <LoadFailure code="wasm_failed" />;
  if (state.kind === 'loading') return <EditorSkeleton />;
  if (file === null) return <NoFile onCreate={onCreate} />;
  const { room } = state;
  if (monaco.kind === 'loading' || composing) {
    return <PlainEditor room={room} file={file} onComposing={setComposing} onCaret={keepCaret} />;
  }
  const { Editor } = monaco;
  return (
    <Editor monaco={monaco.monaco} room={room} file={file} scheme={scheme} caret={caret} onEditor={onEditor} />
  );
}

function NoFile({ onCreate }: { onCreate: (() => void) | null }) {
  return (
    <div className="editor-empty">
      <p>All files of this session were deleted. They can be restored from the file menu.</p>
      {onCreate !== null && (
        <button type="button" className="push-button" onClick={onCreate}>
          New file
        </button>
      )}
    </div>
  );
}
