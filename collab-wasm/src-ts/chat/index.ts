/** `collab-wasm/chat`: a room's chat, as a module of its own that pages load when they need it. */
export { connectChat } from './connect.js';
export type {
  Chat,
  ChatCommand,
  ChatCompletion,
  ChatEvents,
  ChatMessage,
  ChatOptions,
  ChatPerson,
  ChatPlace,
  ChatPlaceInfo,
  ChatReaction,
} from './types.js';
