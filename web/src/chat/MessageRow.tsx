import type { ChatMessage } from 'collab-wasm/chat';
import { memo } from 'react';
import { Icon, type IconName } from '../controls/Icon';
import { Popover } from '../controls/Popover';
import type { MessageActions } from './MessageList';
import { MessageText } from './MessageText';
import { Reactions } from './Reactions';
import { wholeTime } from './times';

/** What one reacts with most; any other that somebody used can be joined. */
const EMOJI = ['👍', '❤️', '😂', '🎉', '👀', '✅'];

interface MessageRowProps {
  message: ChatMessage;
  /** The message that this one answers; `earlier` if it is further up than what is shown, or gone. */
  answered: ChatMessage | 'earlier' | null;
  actions: MessageActions;
  locked: boolean;
}

/** One message: what it answers, its text, reactions, and what can be done with it. */
export const MessageRow = memo(function MessageRow({ message, answered, actions, locked }: MessageRowProps) {
  const onReact = (emoji: string, on: boolean): void => actions.onReact(message, emoji, on);
  return (
    <article className="message" data-pending={message.pending || undefined} title={wholeTime(message.at)}>
      {answered !== null && <Answered message={answered} />}
      <Body message={message} />
      {message.reactions.length > 0 && (
        <Reactions reactions={message.reactions} locked={locked} onReact={onReact} />
      )}
      {!locked && <Actions message={message} actions={actions} onReact={onReact} />}
    </article>
  );
});

/** A text with this in front says what its author does. */
const ACTION = '/me ';

function Body({ message }: { message: ChatMessage }) {
  const acts = message.text.startsWith(ACTION);
  return (
    <div className={acts ? 'message__body message__body--action' : 'message__body'}>
      {acts && <bdi>{message.name}</bdi>}
      <MessageText text={acts ? message.text.slice(ACTION.length) : message.text} />
      {message.edited && <span className="message__mark">edited</span>}
      {message.pending && <span className="message__mark">not saved yet</span>}
    </div>
  );
}

function Answered({ message }: { message: ChatMessage | 'earlier' }) {
  if (message === 'earlier') return <blockquote className="message__answered">an earlier or deleted message</blockquote>;
  return (
    <blockquote className="message__answered">
      <bdi>{message.name}</bdi>
      <span>{message.text.slice(0, 200)}</span>
    </blockquote>
  );
}

interface ActionsProps {
  message: ChatMessage;
  actions: MessageActions;
  onReact: (emoji: string, on: boolean) => void;
}

function Actions({ message, actions, onReact }: ActionsProps) {
  return (
    <div className="message__actions">
      <Popover label="React" role="menu" button={<Icon name="smile" />} buttonClass="icon-button icon-button--small">
        {(close) => (
          <div className="emoji-menu">
            {EMOJI.map((emoji) => (
              <button
                key={emoji}
                type="button"
                role="menuitem"
                aria-label={`React with ${emoji}`}
                onClick={() => {
                  close();
                  onReact(emoji, true);
                }}
              >
                {emoji}
              </button>
            ))}
          </div>
        )}
      </Popover>
      <Action name="reply" label="Reply" run={() => actions.onReply(message)} />
      {message.own && <Action name="pencil" label="Edit" run={() => actions.onEdit(message)} />}
      {message.own && <Action name="trash" label="Delete" run={() => actions.onRemove(message)} />}
    </div>
  );
}

function Action({ name, label, run }: { name: IconName; label: string; run: () => void }) {
  return (
    <button type="button" className="icon-button icon-button--small" aria-label={label} title={label} onClick={run}>
      <Icon name={name} />
    </button>
  );
}
