import { useEffect, useState } from 'react';
import './Toast.css';
import { Icon } from './Icon';

/** Long enough to read a line and reach the button by keyboard; WCAG 2.2.1 is met by the pause. */
const TOAST_MS = 10_000;

export interface ToastContent {
  /** A new key is a new toast, which starts its time again. */
  key: string;
  text: string;
  action: { label: string; run: () => void } | null;
}

interface ToastProps {
  content: ToastContent;
  onClose: () => void;
}

/** A message that leaves by itself, but waits while it is pointed at or holds the focus. */
export function Toast({ content, onClose }: ToastProps) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(onClose, TOAST_MS);
    return () => clearTimeout(timer);
  }, [held, onClose, content.key]);
  const act = (): void => {
    content.action?.run();
    onClose();
  };
  return (
    <div
      className="toast"
      role="status"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className="toast__text">{content.text}</span>
      {content.action !== null && (
        <button type="button" className="link-button" onClick={act}>
          {content.action.label}
        </button>
      )}
      <button type="button" className="icon-button icon-button--small" aria-label="Dismiss" onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}
