import type { FileInfo } from 'collab-wasm';
import { Icon } from '../controls/Icon';
import { MenuItem } from '../controls/MenuItem';
import { Popover } from '../controls/Popover';

interface FileMenuProps {
  active: FileInfo | null;
  files: FileInfo[];
  deleted: FileInfo[];
  /** Given where there is no room for a button of its own. */
  onAdd: (() => void) | null;
  onEdit: (id: string) => void;
  onRemove: (file: FileInfo) => void;
  onRestore: (id: string) => void;
  onMove: (file: FileInfo, steps: -1 | 1) => void;
}

/** Deleted files on offer; older ones stay in the document all the same. */
const DELETED_MAX = 20;

/** What can be done with the shown file, for touch and keyboard alike; and the deleted files. */
export function FileMenu({ active, files, deleted, onAdd, onEdit, onRemove, onRestore, onMove }: FileMenuProps) {
  const at = files.findIndex((file) => file.id === active?.id);
  return (
    <Popover label="File actions" role="menu" button={<Icon name="more" />}>
      {(close) => {
        const item = (run: () => void) => () => {
          close();
          run();
        };
        return (
          <>
            {onAdd !== null && (
              <MenuItem icon="plus" onSelect={item(onAdd)}>
                New file
              </MenuItem>
            )}
            {active !== null && (
              <>
                <MenuItem icon="pencil" shortcut="F2" onSelect={item(() => onEdit(active.id))}>
                  Rename
                </MenuItem>
                <MenuItem icon="left" disabled={at <= 0} onSelect={item(() => onMove(active, -1))}>
                  Move left
                </MenuItem>
                <MenuItem icon="right" disabled={at >= files.length - 1} onSelect={item(() => onMove(active, 1))}>
                  Move right
                </MenuItem>
                <MenuItem icon="trash" shortcut="Del" onSelect={item(() => onRemove(active))}>
                  Delete
                </MenuItem>
              </>
            )}
            {deleted.length > 0 && (
              <>
                {active !== null && <hr className="menu-line" />}
                <p className="menu-heading">Deleted</p>
                {deleted.slice(0, DELETED_MAX).map((file) => (
                  <MenuItem key={file.id} icon="restore" onSelect={item(() => onRestore(file.id))}>
                    <span className="visually-hidden">Restore </span>
                    <bdi>{file.name}</bdi>
                  </MenuItem>
                ))}
              </>
            )}
          </>
        );
      }}
    </Popover>
  );
}
