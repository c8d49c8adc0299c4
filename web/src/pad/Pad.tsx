import type { FileInfo, Person, Status } from 'collab-wasm';
import { lazy, Suspense, useCallback, useState } from 'react';
import { ChatButton } from '../chat/ChatButton';
import { useChat, usePlaces } from '../chat/useChat';
import { useChatPanel } from '../chat/useChatPanel';
import { Toast, type ToastContent } from '../controls/Toast';
import { CursorPosition } from '../editor/CursorPosition';
import type { CodeEditor } from '../editor/useEditor';
import { useMonaco } from '../editor/useMonaco';
import { TabKeySwitch } from '../editor/TabKeySwitch';
import { useActiveFile } from '../files/useActiveFile';
import { useFileActions } from '../files/useFileActions';
import { useFiles } from '../files/useFiles';
import { useActivity } from '../people/useActivity';
import { usePeople } from '../people/usePeople';
import { RenameDialog } from '../session/RenameDialog';
import { useRoom } from '../session/useRoom';
import { RefusedNotice } from '../status/RefusedNotice';
import { StatusBar } from '../status/StatusBar';
import { useStatus } from '../status/useStatus';
import { useTheme } from '../theme/useTheme';
import { EditorPanel } from './EditorPanel';
import { FileBar } from './FileBar';
import { Header } from './Header';
import './Pad.css';
import { useStorageWarning } from './useStorageWarning';
import { useVisit } from './useVisit';

/** Nobody waits for it to type. */
const ChatPanel = lazy(() => import('../chat/ChatPanel'));

interface PadProps {
  sessionId: string;
  userName: string;
  onName: (name: string) => void;
}

/** The pad: header, files, editor, status. Holds what these parts share and nothing else. */
export function Pad({ sessionId, userName, onName }: PadProps) {
  const state = useRoom(sessionId, userName);
  const room = state.kind === 'ready' ? state.room : null;
  const monaco = useMonaco(state.kind === 'ready');
  const status = useStatus(room);
  const theme = useTheme();
  const people = usePeople(room);
  const { files, deleted } = useFiles(room);
  const actions = useFileActions(room);
  const [toast, setToast] = useState<ToastContent | null>(null);
  const [editor, setEditor] = useState<CodeEditor | null>(null);
  const [renaming, setRenaming] = useState(false);
  useActivity(room);
  useStorageWarning(room, setToast);

  const offerRestore = useCallback(
    (file: FileInfo) => {
      const restore = { label: 'Restore', run: () => actions?.restore(file.id) };
      setToast({ key: `deleted-${file.id}`, text: `“${file.name}” was deleted`, action: restore });
    },
    [actions],
  );
  const { active, select } = useActiveFile(files, offerRestore);
  const visit = useVisit(room, editor, active?.id ?? null, select);
  const chat = useChat(sessionId, userName, monaco.kind !== 'loading');
  const places = usePlaces(chat?.chat ?? null);
  const panel = useChatPanel(places, useCallback(() => editor?.focus(), [editor]));
  const closeToast = useCallback(() => setToast(null), []);

  return (
    <div className="pad">
      <a className="skip-link" href="#editor-panel" onClick={(event) => skipTo(event, editor)}>
        Skip to the editor
      </a>
      <Header
        sessionId={sessionId}
        people={people}
        files={files}
        theme={theme}
        onVisit={(person: Person) => visit(person)}
        onRename={() => setRenaming(true)}
      >
        {chat !== null && <ChatButton unread={panel.unread} open={panel.open} onToggle={panel.toggle} />}
      </Header>
      <FileBar
        files={files}
        deleted={deleted}
        active={active}
        others={people.filter((person) => !person.self)}
        actions={isLocked(status) ? null : actions}
        onSelect={select}
        onRemoved={offerRestore}
      />
      {status?.phase === 'refused' && <RefusedNotice code={status.error?.code} onRetry={() => room?.reconnect()} />}
      <div className="pad-main">
        <EditorPanel
          state={state}
          monaco={monaco}
          file={active}
          scheme={theme.scheme}
          onEditor={setEditor}
          onCreate={actions === null ? null : () => select(actions.add(files).id)}
        />
        {chat !== null && panel.open && (
          <Suspense fallback={null}>
            <ChatPanel joined={chat} places={places} onName={onName} onClose={panel.close} />
          </Suspense>
        )}
      </div>
      <StatusBar status={status} failed={state.kind === 'failed'} onRetry={() => room?.reconnect()}>
        {monaco.kind === 'ready' && editor !== null && <TabKeySwitch monaco={monaco.monaco} editor={editor} />}
        <CursorPosition editor={editor} />
      </StatusBar>
      {toast !== null && <Toast content={toast} onClose={closeToast} />}
      {renaming && (
        <RenameDialog
          name={userName}
          onClose={() => setRenaming(false)}
          onName={(name) => {
            onName(name);
            setRenaming(false);
          }}
        />
      )}
    </div>
  );
}

function isLocked(status: Status | null): boolean {
  return status !== null && (status.phase === 'refused' || !status.canWrite);
}

function skipTo(event: React.MouseEvent, editor: CodeEditor | null): void {
  if (editor === null) return;
  event.preventDefault();
  editor.focus();
}
