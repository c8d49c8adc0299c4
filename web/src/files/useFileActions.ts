import type { FileInfo, Room } from 'collab-wasm';
import { useMemo } from 'react';
import { languageByFileName, languageById } from '../editor/languages';
import { unusedName } from './fileNames';
import { orderAfterMove } from './fileOrder';

export interface FileActions {
  /** Makes a file in the room's default language and returns it. */
  add: (files: readonly FileInfo[]) => FileInfo;
  /** A known extension in the new name also sets the language. */
  rename: (file: FileInfo, name: string) => void;
  remove: (id: string) => void;
  restore: (id: string) => void;
  /** Also becomes the language of files to come. */
  setLanguage: (id: string, language: string) => void;
  move: (files: readonly FileInfo[], file: FileInfo, steps: -1 | 1) => void;
}

/** What people do with files, as calls on the room. */
export function useFileActions(room: Room | null): FileActions | null {
  return useMemo(() => (room === null ? null : fileActions(room)), [room]);
}

function fileActions(room: Room): FileActions {
  return {
    add: (files) => {
      const language = languageById(room.settings.language);
      const names = files.map((file) => file.name);
      return room.files.create(unusedName(names, language.extensions[0] ?? ''), language.id);
    },
    rename: (file, name) => {
      room.files.rename(file.id, name);
      const language = languageByFileName(name);
      if (language !== null && language.id !== file.language) room.files.setLanguage(file.id, language.id);
    },
    remove: (id) => room.files.remove(id),
    restore: (id) => room.files.restore(id),
    setLanguage: (id, language) => {
      room.files.setLanguage(id, language);
      room.settings.language = language;
    },
    move: (files, file, steps) => {
      const order = orderAfterMove(files, files.findIndex((each) => each.id === file.id), steps);
      if (order !== null) room.files.move(file.id, order);
    },
  };
}
