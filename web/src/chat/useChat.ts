import type { Chat, ChatMessage, ChatPerson, ChatPlace, ChatPlaceInfo } from 'collab-wasm/chat';
import type { Status } from 'collab-wasm';
import { useCallback, useEffect, useState } from 'react';
import { Account } from '../account/account';
import { roomName } from '../session/location';
import { useValue } from '../session/useValue';

/** Messages shown at first, and as many more each time the reader reaches the top. */
const PAGE = 100;

const NO_PLACES: ChatPlaceInfo[] = [];
const NO_PEOPLE: ChatPerson[] = [];
const readPlaces = (chat: Chat): ChatPlaceInfo[] => chat.places();
const readPeople = (chat: Chat): ChatPerson[] => chat.people();
const readStatus = (chat: Chat): Status | null => chat.status;

/**
 * Joins the session's chat once the editor is `ready`, so that nobody waits for it to type; `null`
 * until then, and where its module cannot be loaded.
 */
export function useChat(sessionId: string, userName: string, ready: boolean): JoinedChat | null {
  const [joined, setJoined] = useState<JoinedChat | null>(null);
  useEffect(() => {
    if (!ready) return;
    let left = false;
    const joining = join(sessionId, userName);
    // Without it everything else works; the button stays away.
    joining.then((now) => left || setJoined(now), () => undefined);
    return () => {
      left = true;
      setJoined(null);
      joining.then(({ chat }) => chat.close()).catch(() => undefined);
    };
    // A new name does not mean a new chat, see the next effect.
  }, [sessionId, ready]);
  useEffect(() => joined?.chat.setName(userName), [joined, userName]);
  return joined;
}

/** A chat, and as whom one joined it. */
export interface JoinedChat {
  chat: Chat;
  account: Account;
}

async function join(sessionId: string, name: string): Promise<JoinedChat> {
  const [{ connectChat }, account] = await Promise.all([import('collab-wasm/chat'), Account.open()]);
  const chat = await connectChat(location.origin, roomName(sessionId), { name, token: account.token });
  account.onToken = (token) => chat.setToken(token);
  chat.on('tokenExpiring', () => void account.renew().catch(() => undefined));
  account.wishName(name).catch(() => undefined);
  return { chat, account };
}

/** The conversations and what is unread in each. */
export function usePlaces(chat: Chat | null): ChatPlaceInfo[] {
  return useValue(chat, 'messages', readPlaces, NO_PLACES);
}

/** Everybody who chats here. */
export function useChatPeople(chat: Chat): ChatPerson[] {
  return useValue(chat, 'people', readPeople, NO_PEOPLE);
}

/** Whether one may write, as far as the relay has told. */
export function useCanWrite(chat: Chat): boolean {
  return useValue(chat, 'status', readStatus, null)?.canWrite === true && chat.user !== null;
}

export interface Page {
  messages: ChatMessage[];
  hasOlder: boolean;
  showOlder: () => void;
}

const NOTHING: Omit<Page, 'showOlder'> = { messages: [], hasOlder: false };

/** The end of a conversation, longer with each call of `showOlder`. */
export function usePage(chat: Chat, place: ChatPlace): Page {
  const [limit, setLimit] = useState(PAGE);
  const read = useCallback(
    (from: Chat) => ({ messages: from.messages(place, limit), hasOlder: from.hasOlder(place, limit) }),
    [place, limit],
  );
  const page = useValue(chat, 'messages', read, NOTHING);
  const showOlder = useCallback(() => {
    setLimit((before) => before + PAGE);
    chat.loadOlder(place);
  }, [chat, place]);
  return { ...page, showOlder };
}
