import type { ChatMessage, ChatPerson, ChatPlace, ChatPlaceInfo } from 'collab-wasm/chat';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Icon } from '../controls/Icon';
import './ChatPanel.css';
import { Composer, type Draft } from './Composer';
import { MessageList, type MessageActions } from './MessageList';
import { Notice, type NoticeContent } from './Notice';
import { Places } from './Places';
import { useCanWrite, useChatPeople, usePage, type JoinedChat } from './useChat';
import { useCommands } from './useCommands';

interface ChatPanelProps {
  joined: JoinedChat;
  places: ChatPlaceInfo[];
  onName: (name: string) => void;
  onClose: () => void;
}

const NEW: Draft = { kind: 'new' };

/** The chat beside the editor: conversations, their messages, and the field to write in. */
export default function ChatPanel({ joined, places, onName, onClose }: ChatPanelProps) {
  const { chat, account } = joined;
  const [place, setPlace] = useState<ChatPlace>('room');
  const [draft, setDraft] = useState<Draft>(NEW);
  const [notice, setNotice] = useState<NoticeContent | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const page = usePage(chat, place);
  const people = useChatPeople(chat);
  const canWrite = useCanWrite(chat);
  const run = useCommands({ chat, account, place, people, onPlace: setPlace, onName, onNotice: setNotice });
  const newest = page.messages.at(-1)?.id;

  useEffect(() => {
    const read = (): void => {
      if (document.visibilityState === 'visible') chat.markRead(place);
    };
    read();
    document.addEventListener('visibilitychange', read);
    return () => document.removeEventListener('visibilitychange', read);
  }, [chat, place, newest]);
  useEffect(() => {
    setDraft(NEW);
    field.current?.focus();
    return () => chat.setTyping(null);
  }, [chat, place]);

  const onTyping = useCallback((typing: boolean) => chat.setTyping(typing ? place : null), [chat, place]);
  const actions = useMemo<MessageActions>(
    () => ({
      onReply: (message) => setDraft({ kind: 'reply', message }),
      onEdit: (message) => setDraft({ kind: 'edit', message }),
      onRemove: (message) => chat.remove(place, message.id),
      onReact: (message, emoji, on) => chat.react(place, message.id, emoji, on),
    }),
    [chat, place],
  );
  const onSend = (line: string): boolean => {
    const sent = run(line, draft);
    if (sent) setDraft(NEW);
    return sent;
  };
  const editLast = (): void => {
    const last = page.messages.findLast((message: ChatMessage) => message.own);
    if (last !== undefined) setDraft({ kind: 'edit', message: last });
  };

  return (
    <aside className="chat" aria-label="Chat" onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <header className="chat__head">
        <Places places={places} people={people} place={place} onPlace={setPlace} chat={chat} />
        <button type="button" className="icon-button" aria-label="Close chat" title="Close chat (Esc)" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <MessageList key={place} page={page} actions={actions} writable={canWrite ? chat : null} />
      {place === 'room' && <Typing people={people} />}
      {notice !== null && <Notice content={notice} onClose={() => setNotice(null)} />}
      {canWrite ? (
        <Composer
          key={`${place} field`}
          chat={chat}
          draft={draft}
          label={place === 'room' ? 'Message to everybody' : `Message to ${nameOf(place, places)}`}
          field={field}
          onSend={onSend}
          onCancel={() => setDraft(NEW)}
          onEditLast={editLast}
          onTyping={onTyping}
        />
      ) : (
        <p className="chat__locked">You can read this chat but not write.</p>
      )}
    </aside>
  );
}

function nameOf(place: ChatPlace, places: readonly ChatPlaceInfo[]): string {
  return places.find((each) => each.place === place)?.name ?? 'one person';
}

/** Who is typing here. Said politely, and not at all by whoever reads it aloud. */
function Typing({ people }: { people: readonly ChatPerson[] }) {
  const names = people.filter((person) => !person.self && person.typing).map(({ name }) => name);
  const shown = names.length > 2 ? `${names.length} people are typing` : `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} typing`;
  return (
    <p className="chat__typing" aria-hidden="true">
      {names.length > 0 && <bdi>{shown} …</bdi>}
    </p>
  );
}
