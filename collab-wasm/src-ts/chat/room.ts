/** A joined chat: carries out what the client wants, and turns its flat answers into objects. */
import { ChatClient, ChatOutput } from '../../pkg/chat/collab_wasm.js';
import { Connection } from '../connection.js';
import type { Engine } from '../engine.js';
import { isErrorCode, type CollabError } from '../errors.js';
import { Listeners } from '../listeners.js';
import { toStatus } from '../status.js';
import type { Status, WebSocketConstructor } from '../types.js';
import { toCommand, toCompletion, toHelp, type RawCommand } from './command.js';
import { toMessages, toPeople, toPlaces } from './view.js';
import type { ChatStorage } from './storage.js';
import type {
  Chat,
  ChatCommand,
  ChatCompletion,
  ChatEvents,
  ChatMessage,
  ChatPerson,
  ChatPlace,
  ChatPlaceInfo,
} from './types.js';

type ChatListeners = { [E in keyof ChatEvents]: Listeners<[ChatEvents[E]]> };

export class ChatRoom implements Chat {
  readonly #engine: Engine<ChatClient>;
  readonly #connection: Connection;
  readonly #storage: ChatStorage | undefined;
  #status: Status;
  readonly #listeners: ChatListeners = {
    messages: new Listeners(),
    arrived: new Listeners(),
    people: new Listeners(),
    status: new Listeners(),
    refused: new Listeners(),
    tokenExpiring: new Listeners(),
  };

  constructor(
    engine: Engine<ChatClient>,
    WebSocket: WebSocketConstructor,
    url: string,
    storage: ChatStorage | undefined,
  ) {
    this.#engine = engine;
    this.#storage = storage;
    this.#connection = new Connection(engine, WebSocket, url);
    this.#status = this.#readStatus();
    engine.attach((batch) => this.#carryOut(batch as unknown[]));
  }

  get status(): Status {
    return this.#status;
  }

  get user(): string | null {
    return this.#engine.read((chat) => chat.user()) ?? null;
  }

  on<E extends keyof ChatEvents>(event: E, listener: (value: ChatEvents[E]) => void): () => void {
    return this.#listeners[event].add(listener);
  }

  places(): ChatPlaceInfo[] {
    return toPlaces(this.#engine.read((chat) => chat.places()));
  }

  openDirect(user: string): ChatPlace {
    this.#engine.input((chat, now) => chat.openDirect(now, user));
    return user;
  }

  messages(place: ChatPlace, limit: number): ChatMessage[] {
    return toMessages(this.#engine.read((chat) => chat.messages(place, limit)));
  }

  hasOlder(place: ChatPlace, limit: number): boolean {
    return this.#engine.read((chat) => chat.hasOlder(place, limit));
  }

  loadOlder(place: ChatPlace): void {
    this.#engine.input((chat, now) => chat.loadOlder(now, place));
  }

  say(place: ChatPlace, text: string, re?: string): string {
    return this.#engine.input((chat, now) => chat.say(now, place, text, re));
  }

  edit(place: ChatPlace, id: string, text: string): void {
    this.#engine.input((chat, now) => chat.edit(now, place, id, text));
  }

  remove(place: ChatPlace, id: string): void {
    this.#engine.input((chat, now) => chat.remove(now, place, id));
  }

  react(place: ChatPlace, id: string, emoji: string, on: boolean): void {
    this.#engine.input((chat, now) => chat.react(now, place, id, emoji, on));
  }

  markRead(place: ChatPlace): void {
    this.#engine.input((chat, now) => chat.markRead(now, place));
    // No update of a segment says what was read here.
    this.#storage?.keep(() => this.#export());
    this.#listeners.messages.emit(null);
  }

  setTyping(place: ChatPlace | null): void {
    this.#engine.event((chat, now) => chat.setTyping(now, place ?? undefined));
  }

  setName(name: string): void {
    this.#engine.input((chat, now) => chat.setName(now, name));
  }

  people(): ChatPerson[] {
    return toPeople(this.#engine.read((chat) => chat.people()));
  }

  parse(line: string): ChatCommand {
    return toCommand(ChatClient.parse(line) as RawCommand);
  }

  complete(line: string, cursor: number): ChatCompletion | null {
    return toCompletion(this.#engine.read((chat) => chat.complete(line, cursor)));
  }

  secret(line: string): { from: number; to: number } | null {
    const range = ChatClient.secret(line);
    return range === undefined ? null : { from: range[0] ?? 0, to: range[1] ?? line.length };
  }

  help(): { usage: string; help: string }[] {
    return toHelp(ChatClient.help());
  }

  reconnect(): void {
    this.#engine.input((chat, now) => chat.start(now));
  }

  setToken(token: string): void {
    this.#engine.input((chat, now) => chat.setToken(now, token));
  }

  async close(): Promise<void> {
    for (const listeners of Object.values(this.#listeners)) listeners.clear();
    this.#engine.event((chat, now) => chat.stop(now));
    this.#connection.dispose();
    await this.#storage?.close(() => this.#export());
    this.#engine.end();
  }

  /** The client trapped: nothing goes on, and the user interface must know. */
  trapped(error: CollabError): void {
    this.#connection.dispose();
    this.#status = { ...this.#status, phase: 'refused', retryAt: null, error, canWrite: false };
    this.#listeners.status.emit(this.#status);
  }

  #carryOut([deadline, ...outputs]: unknown[]): void {
    for (let at = 0; at < outputs.length; at += 2) this.#carryOutOne(outputs[at] as ChatOutput, outputs[at + 1]);
    this.#connection.wake(deadline as number);
  }

  #carryOutOne(output: ChatOutput, payload: unknown): void {
    switch (output) {
      case ChatOutput.Connect:
        return this.#connection.open();
      case ChatOutput.Send:
        return this.#connection.send(payload as Uint8Array<ArrayBuffer>);
      case ChatOutput.Disconnect:
        return this.#connection.close();
      case ChatOutput.Changed:
        this.#storage?.keep(() => this.#export());
        return this.#listeners.messages.emit(null);
      case ChatOutput.Arrived:
        return this.#arrived(payload as string);
      case ChatOutput.People:
        return this.#listeners.people.emit(this.people());
      case ChatOutput.Status:
        this.#status = this.#readStatus();
        return this.#listeners.status.emit(this.#status);
      case ChatOutput.Refused:
        return this.#refused(payload as string);
      case ChatOutput.TokenExpiring:
        return this.#listeners.tokenExpiring.emit(null);
    }
  }

  #refused(code: string): void {
    this.#listeners.refused.emit(isErrorCode(code) ? code : 'internal');
  }

  #arrived(payload: string): void {
    const [place = 'room', id = ''] = payload.split(' ');
    this.#listeners.arrived.emit({ place, id });
  }

  #readStatus(): Status {
    return toStatus(this.#engine.read((chat) => chat.status()));
  }

  #export(): Uint8Array<ArrayBuffer> {
    return this.#engine.read((chat) => chat.export() as Uint8Array<ArrayBuffer>);
  }
}
