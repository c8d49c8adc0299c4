import type { FileInfo, Person } from 'collab-wasm';
import { useEffect } from 'react';
import './FileTabs.css';
import { Tab, tabId } from './Tab';

interface FileTabsProps {
  files: FileInfo[];
  activeId: string | null;
  editingId: string | null;
  locked: boolean;
  others: Person[];
  onSelect: (id: string) => void;
  onEdit: (id: string | null) => void;
  onRename: (id: string, name: string) => void;
  onRemove: (file: FileInfo) => void;
}

const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowRight: (at, count) => (at + 1) % count,
  ArrowLeft: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** The files as a tab list: one stop for the Tab key, arrows inside. */
export function FileTabs(props: FileTabsProps) {
  const { files, activeId, editingId, locked, others, onSelect, onEdit, onRename, onRemove } = props;
  useEffect(() => {
    if (activeId === null) return;
    document.getElementById(tabId(activeId))?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [activeId, files.length]);
  const focusTab = (id: string): void => {
    // After React has drawn the tab, e.g. in place of the name's field.
    requestAnimationFrame(() => document.getElementById(tabId(id))?.focus());
  };
  const move = (event: React.KeyboardEvent): void => {
    const next = files[STEPS[event.key]?.(indexOf(files, activeId), files.length) ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    onSelect(next.id);
    focusTab(next.id);
  };
  return (
    <div className="tabs" role="tablist" aria-label="Files" onKeyDown={move}>
      {files.map((file) => (
        <Tab
          key={file.id}
          file={file}
          active={file.id === activeId}
          editing={file.id === editingId}
          locked={locked}
          visitors={others.filter((person) => person.file === file.id)}
          onSelect={() => onSelect(file.id)}
          onEdit={() => onEdit(file.id)}
          onRename={(name) => {
            onEdit(null);
            if (name !== null) onRename(file.id, name);
            focusTab(file.id);
          }}
          onRemove={() => onRemove(file)}
        />
      ))}
    </div>
  );
}

function indexOf(files: FileInfo[], id: string | null): number {
  return files.findIndex((file) => file.id === id);
}
