import { useCallback, useId, useRef, useState, type ReactNode } from 'react';
import './Popover.css';
import { useDismiss } from './useDismiss';

interface PopoverProps {
  /** What the button does, for everybody who does not see its picture. */
  label: string;
  button: ReactNode;
  buttonClass?: string;
  /** `menu` moves focus into a menu of `MenuItem`s; `dialog` holds anything. */
  role: 'menu' | 'dialog';
  children: (close: () => void) => ReactNode;
}

/** A button and what it opens below itself. Escape closes and gives the focus back. */
export function Popover({ label, button, buttonClass = 'icon-button', role, children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const id = useId();
  const dismiss = useCallback((byKey: boolean) => {
    setOpen(false);
    if (byKey) trigger.current?.focus();
  }, []);
  useDismiss(root, open, dismiss);
  const focusFirst = useCallback((panel: HTMLDivElement | null) => {
    panel?.querySelector<HTMLElement>('[aria-checked="true"], button, input, [href]')?.focus();
  }, []);
  return (
    <div className="popover" ref={root}>
      <button
        ref={trigger}
        type="button"
        className={buttonClass}
        aria-label={label}
        title={label}
        aria-haspopup={role}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <div
          ref={focusFirst}
          id={id}
          className="popover__panel"
          role={role}
          aria-label={label}
          onKeyDown={role === 'menu' ? moveFocus : undefined}
        >
          {children(() => dismiss(true))}
        </div>
      )}
    </div>
  );
}

const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

function moveFocus(event: React.KeyboardEvent<HTMLElement>): void {
  const step = STEPS[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^="menuitem"]:not(:disabled)')];
  const at = items.findIndex((item) => item === document.activeElement);
  items[step(at, items.length)]?.focus();
}
