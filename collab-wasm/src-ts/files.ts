/** The room's files: their list, and one `SharedText` for each that was opened. */
import type { DocumentEngine } from './document-engine.js';
import { randomBytes } from './random.js';
import { SharedText } from './text-file.js';
import type { DeltaOp, FileInfo, Files, Origin } from './types.js';

/** Per file, as `Client.files` returns them, one after the other. */
const FIELDS = 4;

export class RoomFiles implements Files {
  readonly #engine: DocumentEngine;
  readonly #open = new Map<string, SharedText>();
  /** By what the client knows them by. */
  readonly #byNumber: SharedText[] = [];

  constructor(engine: DocumentEngine) {
    this.#engine = engine;
  }

  list(): FileInfo[] {
    return toInfos(this.#engine.read((client) => client.files()));
  }

  deleted(): FileInfo[] {
    return toInfos(this.#engine.read((client) => client.deletedFiles()));
  }

  create(name: string, language?: string): FileInfo {
    const id = this.#engine.input((client, now) =>
      client.createFile(now, randomBytes(16), name, language),
    );
    const info = this.list().find((file) => file.id === id);
    return info ?? { id, name, language: language ?? '', order: 0 };
  }

  rename(id: string, name: string): void {
    this.#engine.input((client, now) => client.renameFile(now, id, name));
  }

  setLanguage(id: string, language: string): void {
    this.#engine.input((client, now) => client.setFileLanguage(now, id, language));
  }

  move(id: string, order: number): void {
    this.#engine.input((client, now) => client.moveFile(now, id, order));
  }

  remove(id: string): void {
    this.#engine.input((client, now) => client.removeFile(now, id));
  }

  restore(id: string): void {
    this.#engine.input((client, now) => client.restoreFile(now, id));
  }

  open(id: string): SharedText {
    const known = this.#open.get(id);
    if (known !== undefined) return known;
    const text = new SharedText(id, this.#engine);
    this.#open.set(id, text);
    this.#byNumber[text.number] = text;
    return text;
  }

  /** Tells whoever listens to `file`. */
  changed(file: number, delta: DeltaOp[], origin: Origin): void {
    this.#byNumber[file]?.changed(delta, origin);
  }

  /** Drops all listeners. */
  forget(): void {
    for (const text of this.#open.values()) text.forget();
    this.#open.clear();
  }
}

function toInfos(flat: unknown[]): FileInfo[] {
  const infos: FileInfo[] = [];
  for (let i = 0; i + FIELDS <= flat.length; i += FIELDS) {
    const [id, name, language, order] = flat.slice(i, i + FIELDS) as [
      string,
      string,
      string,
      number,
    ];
    infos.push({ id, name, language, order });
  }
  return infos;
}
