import type { ChatPlaceInfo } from 'collab-wasm/chat';
import { useCallback, useEffect, useState } from 'react';
import { CHAT_KEY } from './ChatButton';

interface ChatPanelState {
  open: boolean;
  unread: number;
  toggle: () => void;
  close: () => void;
}

/** Whether the chat is open, the key for it, and the unread count, which the page's title shows too. */
export function useChatPanel(places: readonly ChatPlaceInfo[], onClosed: () => void): ChatPanelState {
  const [open, setOpen] = useState(false);
  const unread = places.reduce((sum, place) => sum + place.unread, 0);
  const toggle = useCallback(() => setOpen((was) => !was), []);
  const close = useCallback(() => {
    setOpen(false);
    onClosed();
  }, [onClosed]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!event.altKey || !event.shiftKey || event.ctrlKey || event.code !== CHAT_KEY.code) return;
      event.preventDefault();
      event.stopPropagation();
      toggle();
    };
    // Before the editor, which has its own use for most keys.
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, [toggle]);
  useTitleBadge(unread);
  return { open, unread, toggle, close };
}

/** "(3) " in front of the title, for whoever looks at another tab. */
function useTitleBadge(unread: number): void {
  useEffect(() => {
    const plain = document.title.replace(/^\(\d+\) /u, '');
    document.title = unread > 0 ? `(${unread}) ${plain}` : plain;
  }, [unread]);
}
