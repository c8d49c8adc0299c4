/**
 * `collab-wasm`: join a room, edit its files together, see who is there. Bindings for editors lie
 * in `collab-wasm/monaco`, `collab-wasm/codemirror` and `collab-wasm/textarea`.
 */
export { connect } from './connect.js';
export { CollabError } from './errors.js';
export type { ErrorCode, LocalErrorCode, RelayErrorCode } from './errors.js';
export { preload } from './document-engine.js';
export type {
  Binding,
  ConnectOptions,
  DeltaListener,
  DeltaOp,
  FileInfo,
  Files,
  Json,
  Origin,
  Person,
  PersonStatus,
  Phase,
  PresenceView,
  Room,
  RoomEvents,
  Settings,
  Splice,
  Status,
  TextFile,
  UserInfo,
  WebSocketConstructor,
  WebSocketLike,
} from './types.js';
