/**
 * The one error type of this package. Its codes are the names of PROTOCOL section 6, as a relay
 * sends them, and a few of our own for what fails on this side of the wire.
 */

/** What a relay may answer: PROTOCOL section 6. */
export const RELAY_ERROR_CODES = [
  'malformed',
  'unexpected',
  'unsupported_version',
  'update_malformed',
  'update_unsafe',
  'update_early',
  'unauthorized',
  'forbidden',
  'read_only',
  'not_author',
  'chat_refused',
  'rate_limited',
  'name_taken',
  'name_refused',
  'update_too_large',
  'room_full',
  'awareness_refused',
  'signal_refused',
  'too_many_channels',
  'channel_unknown',
  'store_unavailable',
  'quarantined',
  'overloaded',
  'internal',
] as const;

/** What fails here: a call with a wrong argument, a closed room, IndexedDB, loading the WASM. */
export const LOCAL_ERROR_CODES = [
  'out_of_range',
  'file_unknown',
  'name_invalid',
  'setting_invalid',
  'not_text',
  'text_too_long',
  'room_invalid',
  'url_invalid',
  'room_closed',
  'storage_failed',
  'wasm_failed',
  'websocket_missing',
] as const;

export type RelayErrorCode = (typeof RELAY_ERROR_CODES)[number];
export type LocalErrorCode = (typeof LOCAL_ERROR_CODES)[number];
export type ErrorCode = RelayErrorCode | LocalErrorCode;

const KNOWN: ReadonlySet<string> = new Set([...RELAY_ERROR_CODES, ...LOCAL_ERROR_CODES]);

/** Everything that this package throws or reports. Decide by `code`; `message` is for logs. */
export class CollabError extends Error {
  override readonly name = 'CollabError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message?: string, options?: ErrorOptions) {
    super(message === undefined ? code : `${code}: ${message}`, options);
    this.code = code;
  }
}

/** Whether `text` is a code that this version knows; a newer relay may send others. */
export function isErrorCode(text: string): text is ErrorCode {
  return KNOWN.has(text);
}
