import type { Person, Room } from 'collab-wasm';
import { useCallback, useEffect, useState } from 'react';
import type { CodeEditor } from '../editor/useEditor';

interface Visit {
  client: number;
  file: string;
}

/**
 * Shows where somebody is: first their file, then, once the editor has it, the line of their cursor. Where
 * that is, a room knows only of files that are open.
 */
export function useVisit(
  room: Room | null,
  editor: CodeEditor | null,
  activeId: string | null,
  select: (id: string) => void,
): (person: Person) => void {
  const [visit, setVisit] = useState<Visit | null>(null);
  useEffect(() => {
    if (visit === null || visit.file !== activeId) return;
    const person = room?.presence.list().find(({ client }) => client === visit.client);
    const offset = person?.file === visit.file ? person.cursor?.head : undefined;
    const position = offset === undefined ? undefined : editor?.getModel()?.getPositionAt(offset);
    if (position !== undefined) editor?.revealPositionInCenterIfOutsideViewport(position);
    editor?.focus();
    setVisit(null);
  }, [visit, room, editor, activeId]);
  return useCallback(
    ({ client, file }: Person) => {
      if (file === null) return;
      select(file);
      setVisit({ client, file });
    },
    [select],
  );
}
