import type { FileInfo, Person } from 'collab-wasm';
import { useState } from 'react';
import { Icon } from '../controls/Icon';
import { useMediaQuery } from '../controls/useMediaQuery';
import { LanguageSelect } from '../editor/LanguageSelect';
import { FileMenu } from '../files/FileMenu';
import { FileTabs } from '../files/FileTabs';
import type { FileActions } from '../files/useFileActions';

interface FileBarProps {
  files: FileInfo[];
  deleted: FileInfo[];
  active: FileInfo | null;
  others: Person[];
  /** `null` while nothing may be changed. */
  actions: FileActions | null;
  onSelect: (id: string) => void;
  onRemoved: (file: FileInfo) => void;
}

/** Tabs, what can be done with files, and the language of the shown one. */
export function FileBar({ files, deleted, active, others, actions, onSelect, onRemoved }: FileBarProps) {
  const [editingId, setEditingId] = useState<string | null>(null);
  const narrow = useMediaQuery('(max-width: 30rem)');
  const locked = actions === null;
  const add = (): void => {
    if (actions === null) return;
    const { id } = actions.add(files);
    onSelect(id);
    setEditingId(id);
  };
  const remove = (file: FileInfo): void => {
    actions?.remove(file.id);
    onRemoved(file);
  };
  const rename = (id: string, name: string): void => {
    const file = files.find((each) => each.id === id);
    if (file !== undefined) actions?.rename(file, name);
  };
  return (
    <nav className="file-bar" aria-label="Files">
      <FileTabs
        files={files}
        activeId={active?.id ?? null}
        editingId={editingId}
        locked={locked}
        others={others}
        onSelect={onSelect}
        onEdit={setEditingId}
        onRename={rename}
        onRemove={remove}
      />
      {actions !== null && (
        <div className="file-bar__actions">
          {!narrow && (
            <button type="button" className="icon-button" aria-label="New file" title="New file" onClick={add}>
              <Icon name="plus" />
            </button>
          )}
          <FileMenu
            active={active}
            files={files}
            deleted={deleted}
            onAdd={narrow ? add : null}
            onEdit={setEditingId}
            onRemove={remove}
            onRestore={(id) => {
              actions.restore(id);
              onSelect(id);
            }}
            onMove={(file, steps) => actions.move(files, file, steps)}
          />
        </div>
      )}
      {active !== null && (
        <div className="file-bar__language">
          <LanguageSelect
            language={active.language}
            disabled={locked}
            onChange={(language) => actions?.setLanguage(active.id, language)}
          />
        </div>
      )}
    </nav>
  );
}
