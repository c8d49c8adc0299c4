import type { FileInfo } from 'collab-wasm';
import { useEffect, useRef, useState } from 'react';
import { activeFile } from './activeFile';

export interface ActiveFile {
  active: FileInfo | null;
  select: (id: string) => void;
}

/** The shown file; when it goes, its neighbour. `onGone` hears the name of one that went away. */
export function useActiveFile(files: FileInfo[], onGone: (file: FileInfo) => void): ActiveFile {
  const [wanted, select] = useState<string | null>(null);
  const before = useRef<FileInfo[]>([]);
  const active = activeFile(wanted, before.current, files);
  useEffect(() => {
    const gone = before.current.find((file) => file.id === wanted);
    before.current = files;
    if (active === null || active.id === wanted) return;
    select(active.id);
    if (gone !== undefined) onGone(gone);
  }, [files, active, wanted, onGone]);
  return { active, select };
}
