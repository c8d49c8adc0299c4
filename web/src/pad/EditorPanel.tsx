import type { FileInfo } from 'collab-wasm';
import { lazy, Suspense } from 'react';
import { EditorSkeleton } from '../editor/EditorSkeleton';
import type { CodeEditor } from '../editor/useEditor';
import { loadEditor, type MonacoState } from '../editor/useMonaco';
import { tabId } from '../files/Tab';
import type { RoomState } from '../session/useRoom';
import type { Scheme } from '../theme/theme';
import { LoadFailure } from './LoadFailure';

const Editor = lazy(async () => ({ default: (await loadEditor()).Editor }));

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
  if (state.kind === 'failed') return <LoadFailure code={state.code} />;
  if (monaco.kind === 'failed') return <LoadFailure code="wasm_failed" />;
  if (state.kind === 'loading' || monaco.kind === 'loading') return <EditorSkeleton />;
  if (file === null) return <NoFile onCreate={onCreate} />;
  return (
    <Suspense fallback={<EditorSkeleton />}>
      <Editor monaco={monaco.monaco} room={state.room} file={file} scheme={scheme} onEditor={onEditor} />
    </Suspense>
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
