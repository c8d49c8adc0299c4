/**
 * Reads what the WASM client wants done: one batch per input, of numbers, one string and one byte
 * array, so that the border is crossed once however much happened.
 */
import { Changed, DeltaKind, OriginKind, OutputKind } from '../pkg/collab_wasm.js';
import type { DeltaOp, Origin } from './types.js';

/** As `Client.drain` returns it: records, their texts and bytes end to end, the next deadline. */
export type RawBatch = [
  codes: Uint32Array | undefined,
  text: string,
  bytes: Uint8Array<ArrayBuffer> | undefined,
  deadline: number,
];

/** Carries out a batch. Calls come in the order in which things happened. */
export interface BatchHandler {
  connect(): void;
  send(frame: Uint8Array<ArrayBuffer>): void;
  disconnect(): void;
  persist(update: Uint8Array<ArrayBuffer>): void;
  text(file: string, delta: DeltaOp[], origin: Origin): void;
  setting(key: string): void;
  refused(code: string): void;
  tokenExpiring(): void;
  filesChanged(): void;
  presenceChanged(): void;
  statusChanged(): void;
  /** When `Client.tick` is due, in Unix ms; `Infinity` for never. */
  deadline(at: number): void;
}

const ORIGINS: Record<OriginKind, Origin> = {
  [OriginKind.Local]: 'local',
  [OriginKind.Remote]: 'remote',
  [OriginKind.Undo]: 'undo',
};

/** Calls `handler` for all that `batch` contains. */
export function deliver(batch: RawBatch, handler: BatchHandler): void {
  const [codes, text, bytes, deadline] = batch;
  if (codes !== undefined) {
    const reader = new BatchReader(codes, text, bytes);
    const changed = reader.number();
    while (!reader.atEnd) deliverRecord(reader, handler);
    if (changed & Changed.Files) handler.filesChanged();
    if (changed & Changed.Presence) handler.presenceChanged();
    if (changed & Changed.Status) handler.statusChanged();
  }
  handler.deadline(deadline);
}

function deliverRecord(reader: BatchReader, handler: BatchHandler): void {
  const kind: OutputKind = reader.number();
  switch (kind) {
    case OutputKind.Connect:
      return handler.connect();
    case OutputKind.Send:
      return handler.send(reader.bytes());
    case OutputKind.Disconnect:
      return handler.disconnect();
    case OutputKind.Persist:
      return handler.persist(reader.bytes());
    case OutputKind.Text:
      return handler.text(reader.text(), readDelta(reader), readOrigin(reader));
    case OutputKind.Setting:
      return handler.setting(reader.text());
    case OutputKind.Refused:
      return handler.refused(reader.text());
    case OutputKind.TokenExpiring:
      return handler.tokenExpiring();
  }
}

function readOrigin(reader: BatchReader): Origin {
  return ORIGINS[reader.number() as OriginKind];
}

function readDelta(reader: BatchReader): DeltaOp[] {
  const delta: DeltaOp[] = [];
  for (let count = reader.number(); count > 0; count -= 1) {
    const kind: DeltaKind = reader.number();
    if (kind === DeltaKind.Insert) delta.push({ insert: reader.text() });
    else if (kind === DeltaKind.Delete) delta.push({ delete: reader.number() });
    else delta.push({ retain: reader.number() });
  }
  return delta;
}

/** Takes numbers one by one; texts and bytes are preceded by their length. */
class BatchReader {
  #index = 0;
  #textAt = 0;
  #bytesAt = 0;

  constructor(
    readonly codes: Uint32Array,
    readonly allText: string,
    readonly allBytes: Uint8Array<ArrayBuffer> | undefined,
  ) {}

  get atEnd(): boolean {
    return this.#index >= this.codes.length;
  }

  number(): number {
    return this.codes[this.#index++] ?? 0;
  }

  text(): string {
    const start = this.#textAt;
    this.#textAt += this.number();
    return this.allText.slice(start, this.#textAt);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const start = this.#bytesAt;
    this.#bytesAt += this.number();
    return this.allBytes?.subarray(start, this.#bytesAt) ?? new Uint8Array();
  }
}
