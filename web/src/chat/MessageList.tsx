import type { Chat, ChatMessage } from 'collab-wasm/chat';
import { groupMessages, type Group } from './grouping';
import { MessageRow } from './MessageRow';
import { dayName, timeOfDay, wholeTime } from './times';
import { useStickyScroll } from './useStickyScroll';
import type { Page } from './useChat';

export interface MessageActions {
  onReply: (message: ChatMessage) => void;
  onEdit: (message: ChatMessage) => void;
  onRemove: (message: ChatMessage) => void;
  onReact: (message: ChatMessage, emoji: string, on: boolean) => void;
}

interface MessageListProps {
  page: Page;
  actions: MessageActions;
  /** `null` while nothing can be written. */
  writable: Chat | null;
}

/** A conversation, oldest first. Announces new messages to screen readers. */
export function MessageList({ page, actions, writable }: MessageListProps) {
  const { messages, hasOlder, showOlder } = page;
  const last = messages.at(-1);
  const { list, onScroll } = useStickyScroll(messages[0]?.id, last && `${last.id} ${last.text}`, showOlder);
  return (
    <div className="messages" ref={list} onScroll={onScroll} role="log" aria-label="Messages" tabIndex={0}>
      {hasOlder && (
        <button type="button" className="link-button messages__older" onClick={showOlder}>
          Older messages
        </button>
      )}
      {messages.length === 0 && <p className="messages__empty">Nothing was said here yet.</p>}
      {groupMessages(messages).map((group) => (
        <GroupView key={group.id} group={group} all={messages} actions={actions} locked={writable === null} />
      ))}
    </div>
  );
}

interface GroupViewProps {
  group: Group;
  all: readonly ChatMessage[];
  actions: MessageActions;
  locked: boolean;
}

function GroupView({ group, all, actions, locked }: GroupViewProps) {
  const [first] = group.messages;
  if (first === undefined) return null;
  return (
    <>
      {group.day !== null && (
        <h3 className="messages__day">
          <span>{dayName(group.day, Date.now())}</span>
        </h3>
      )}
      <section className="message-group" aria-label={first.name}>
        <header className="message-group__head">
          <bdi className="message-group__name">{first.name}</bdi>
          {first.own && <span className="message-group__self">you</span>}
          <time dateTime={new Date(first.at).toISOString()} title={wholeTime(first.at)}>
            {timeOfDay(first.at)}
          </time>
        </header>
        {group.messages.map((message) => (
          <MessageRow
            key={message.id}
            message={message}
            answered={message.re === null ? null : (all.find(({ id }) => id === message.re) ?? 'earlier')}
            actions={actions}
            locked={locked}
          />
        ))}
      </section>
    </>
  );
}
