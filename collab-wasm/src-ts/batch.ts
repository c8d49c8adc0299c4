/**
 * Reads what the WASM client wants done: one batch per input, of numbers, one string and one byte
 * array, read where they lie in the module's memory, so that the border is crossed once however much
 * happened.
 */
import { Changed, DeltaKind, HeadField, OriginKind, OutputKind } from '../pkg/collab_wasm.js';
import { readStatus } from './batch-status.js';
import type { DeltaOp, Origin, Status } from './types.js';

/** Records, their texts end to end, their byte strings, and the `HeadField`s that are no places. */
export interface Batch {
  codes: number[];
  text: string;
  bytes: Uint8Array<ArrayBuffer>[];
  changed: number;
  deadline: number;
  unsaved: number;
  retryAt: number;
}

/** Carries out a batch. Calls come in the order in which things happened. */
export interface BatchHandler {
  connect(): void;
  send(frame: Uint8Array<ArrayBuffer>): void;
  disconnect(): void;
  persist(update: Uint8Array<ArrayBuffer>): void;
  /** `file` is the number that `Client.open` gave. */
  text(file: number, delta: DeltaOp[], origin: Origin): void;
  setting(key: string): void;
  refused(code: string): void;
  tokenExpiring(): void;
  filesChanged(): void;
  presenceChanged(): void;
  statusChanged(status: Status): void;
  /** When `Client.tick` is due, in Unix ms; `Infinity` for never. */
  deadline(at: number): void;
}

const ORIGINS: Record<OriginKind, Origin> = {
  [OriginKind.Local]: 'local',
  [OriginKind.Remote]: 'remote',
  [OriginKind.Undo]: 'undo',
};

/** Copies batches out of a module's memory, which the next call of the client may change. */
export class BatchMemory {
  readonly #memory: WebAssembly.Memory;
  #doubles = new Float64Array();
  #codes = new Uint32Array();
  #bytes = new Uint8Array();

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  /** The batch that `Client.drain` says lies at `head`. */
  read(head: number): Batch {
    // A memory that grew is another buffer, and the old one is empty.
    if (this.#bytes.length === 0) this.#look();
    const field = (which: HeadField): number => this.#doubles[head / 8 + which] ?? 0;
    return {
      codes: this.#numbers(field(HeadField.Codes) / 4, field(HeadField.CodesLength)),
      text: readText(this.#bytes, field(HeadField.Text), field(HeadField.TextLength)),
      bytes: this.#byteStrings(
        field(HeadField.Bytes),
        field(HeadField.Ends) / 4,
        field(HeadField.EndsLength),
      ),
      changed: field(HeadField.Changed),
      deadline: field(HeadField.Deadline),
      unsaved: field(HeadField.Unsaved),
      retryAt: field(HeadField.RetryAt),
    };
  }

  /** As an ordinary array: of a few numbers, typed ones take longer to make. */
  #numbers(from: number, length: number): number[] {
    const numbers: number[] = [];
    for (let at = from; at < from + length; at += 1) numbers.push(this.#codes[at]!);
    return numbers;
  }

  /** Each is a copy of its own, which for short ones takes less than a view of one for all. */
  #byteStrings(from: number, ends: number, length: number): Uint8Array<ArrayBuffer>[] {
    const strings: Uint8Array<ArrayBuffer>[] = [];
    let start = from;
    for (let at = ends; at < ends + length; at += 1) {
      const end = from + this.#codes[at]!;
      strings.push(this.#bytes.slice(start, end));
      start = end;
    }
    return strings;
  }

  #look(): void {
    const { buffer } = this.#memory;
    this.#doubles = new Float64Array(buffer);
    this.#codes = new Uint32Array(buffer);
    this.#bytes = new Uint8Array(buffer);
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** Below, a call of the decoder takes longer. */
const DECODED_FROM_BYTES = 8;

function readText(bytes: Uint8Array, from: number, length: number): string {
  const to = from + length;
  if (length < DECODED_FROM_BYTES) {
    let text = '';
    let at = from;
    for (; at < to && bytes[at]! < 0x80; at += 1) text += String.fromCharCode(bytes[at]!);
    if (at === to) return text;
  }
  return decoder.decode(bytes.subarray(from, to));
}

/** Calls `handler` for all that `batch` contains. */
export function deliver(batch: Batch, handler: BatchHandler): void {
  const { changed } = batch;
  if (batch.codes.length > 0) {
    const reader = new BatchReader(batch);
    while (!reader.atEnd) deliverRecord(reader.number(), reader, handler);
  }
  if (changed & Changed.Files) handler.filesChanged();
  if (changed & Changed.Presence) handler.presenceChanged();
  handler.deadline(batch.deadline);
}

function deliverRecord(kind: OutputKind, reader: BatchReader, handler: BatchHandler): void {
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
      return handler.text(reader.number(), readDelta(reader), readOrigin(reader));
    case OutputKind.Setting:
      return handler.setting(reader.text());
    case OutputKind.Refused:
      return handler.refused(reader.text());
    case OutputKind.TokenExpiring:
      return handler.tokenExpiring();
    case OutputKind.Status:
      return handler.statusChanged(readStatus(reader));
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

/** Takes numbers one by one; texts are preceded by their length. */
export class BatchReader {
  readonly batch: Batch;
  #index = 0;
  #textAt = 0;
  #bytesAt = 0;

  constructor(batch: Batch) {
    this.batch = batch;
  }

  get atEnd(): boolean {
    return this.#index >= this.batch.codes.length;
  }

  number(): number {
    return this.batch.codes[this.#index++] ?? 0;
  }

  text(): string {
    const start = this.#textAt;
    this.#textAt += this.number();
    return this.batch.text.slice(start, this.#textAt);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.batch.bytes[this.#bytesAt++] ?? new Uint8Array();
  }
}
