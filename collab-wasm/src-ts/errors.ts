/**
 * The one error type of this package. Its codes are the names of PROTOCOL section 6, as a relay
 * sends them, and a few of our own for what fails on this side of the wire.
 */

/** What a relay may answer: PROTOCOL section 6. */
export type RelayErrorCode =
  | 'malformed'
  | 'unexpected'
  | 'unsupported_version'
  | 'update_malformed'
  | 'update_unsafe'
  | 'unauthorized'
  | 'forbidden'
  | 'read_only'
  | 'update_too_large'
  | 'room_full'
  | 'awareness_refused'
  | 'signal_refused'
  | 'too_many_channels'
  | 'channel_unknown'
  | 'store_unavailable'
  | 'quarantined'
  | 'overloaded'
  | 'internal';

/** What fails locally: a call out of range, a closed room, IndexedDB, loading of the WASM. */
export type LocalErrorCode =
  | 'out_of_range'
  | 'file_unknown'
  | 'name_invalid'
  | 'room_invalid'
  | 'url_invalid'
  | 'room_closed'
  | 'storage_failed'
  | 'wasm_failed'
  | 'websocket_missing';

export type ErrorCode = RelayErrorCode | LocalErrorCode;

/** Everything that this package throws or reports. Decide by `code`; `message` is for logs. */
export class CollabError extends Error {
  override readonly name = 'CollabError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message?: string, options?: ErrorOptions) {
    super(message === undefined ? code : `${code}: ${message}`, options);
    this.code = code;
  }
}
