import type { Person } from 'collab-wasm';
import { useCallback, useEffect, useState } from 'react';
import type { CodeEditor } from '../editor/useEditor';

interface Visit {
  file: string;
  offset: number | null;
}

/** Shows where somebody is: first their file, then, once the editor has it, the line of their cursor. */
export function useVisit(
  editor: CodeEditor | null,
  activeId: string | null,
  select: (id: string) => void,
): (person: Person) => void {
  const [visit, setVisit] = useState<Visit | null>(null);
  useEffect(() => {
    if (visit === null || visit.file !== activeId) return;
    const position = visit.offset === null ? undefined : editor?.getModel()?.getPositionAt(visit.offset);
    if (position !== undefined) editor?.revealPositionInCenterIfOutsideViewport(position);
    editor?.focus();
    setVisit(null);
  }, [visit, editor, activeId]);
  return useCallback(
    (person: Person) => {
      if (person.file === null) return;
      select(person.file);
      setVisit({ file: person.file, offset: person.cursor?.head ?? null });
    },
    [select],
  );
}
