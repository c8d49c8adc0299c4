import type { FileInfo, Person } from 'collab-wasm';
import { Icon } from '../controls/Icon';
import { TabName } from './TabName';

export interface TabProps {
  file: FileInfo;
  active: boolean;
  editing: boolean;
  locked: boolean;
  /** Others whose cursor is in this file. */
  visitors: Person[];
  onSelect: () => void;
  onEdit: () => void;
  onRename: (name: string | null) => void;
  onRemove: () => void;
}

const DOTS_MAX = 3;

export const tabId = (fileId: string): string => `tab-${fileId}`;

/** One file: select by click or arrows, rename by double click or F2, delete by Delete or the cross. */
export function Tab(props: TabProps) {
  const { file, active, editing, locked, onSelect, onEdit, onRename, onRemove } = props;
  if (editing) {
    return (
      <span className="tab" data-active={active}>
        <TabName name={file.name} onDone={onRename} />
      </span>
    );
  }
  const press = (event: React.KeyboardEvent): void => {
    if (locked) return;
    if (event.key === 'F2') onEdit();
    if (event.key === 'Delete') onRemove();
  };
  return (
    <span className="tab" data-active={active} role="presentation">
      <button
        type="button"
        role="tab"
        id={tabId(file.id)}
        className="tab__button"
        aria-selected={active}
        aria-controls="editor-panel"
        tabIndex={active ? 0 : -1}
        title={file.name}
        onClick={onSelect}
        onDoubleClick={() => !locked && onEdit()}
        onKeyDown={press}
      >
        <bdi className="tab__name">{file.name}</bdi>
        <Visitors people={props.visitors} />
      </button>
      {!locked && (
        <span className="tab__close" aria-hidden="true" title={`Delete ${file.name}`} onClick={onRemove}>
          <Icon name="close" />
        </span>
      )}
    </span>
  );
}

function Visitors({ people }: { people: Person[] }) {
  if (people.length === 0) return null;
  return (
    <span className="tab__visitors">
      {people.slice(0, DOTS_MAX).map((person) => (
        <span key={person.client} className="tab__dot" style={{ background: person.color }} aria-hidden="true" />
      ))}
      <span className="visually-hidden">{`, here: ${people.map((person) => person.name).join(', ')}`}</span>
    </span>
  );
}
