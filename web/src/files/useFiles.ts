import type { FileInfo, Room } from 'collab-wasm';
import { useValue } from '../session/useValue';

export interface FileLists {
  files: FileInfo[];
  deleted: FileInfo[];
}

const NONE: FileLists = { files: [], deleted: [] };
const readFiles = (room: Room): FileLists => ({ files: room.files.list(), deleted: room.files.deleted() });

/** The room's files in order, and the deleted ones that can be restored. */
export function useFiles(room: Room | null): FileLists {
  return useValue(room, 'files', readFiles, NONE);
}
