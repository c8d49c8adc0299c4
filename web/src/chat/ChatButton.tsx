import { Icon } from '../controls/Icon';

interface ChatButtonProps {
  unread: number;
  open: boolean;
  onToggle: () => void;
}

/** The key that opens the chat from anywhere on the page, also inside of the editor. */
export const CHAT_KEY = { label: 'Alt+Shift+C', code: 'KeyC' } as const;

/** Opens and closes the chat, and counts what is unread while it is closed. */
export function ChatButton({ unread, open, onToggle }: ChatButtonProps) {
  const label = unread > 0 ? `Chat, ${unread} unread` : 'Chat';
  return (
    <button
      type="button"
      className="icon-button chat-button"
      aria-label={label}
      aria-expanded={open}
      aria-keyshortcuts="Alt+Shift+C"
      title={`${label} (${CHAT_KEY.label})`}
      onClick={onToggle}
    >
      <Icon name="chat" />
      {unread > 0 && <span className="badge badge--corner">{unread > 99 ? '99+' : unread}</span>}
    </button>
  );
}
