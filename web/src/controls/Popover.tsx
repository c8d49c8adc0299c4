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
          ref={opened}
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

/** Room between a panel and the edge of the page, in CSS pixels. */
const EDGE_PX = 8;

function opened(panel: HTMLDivElement | null): void {
  if (panel === null) return;
  const { left, right } = panel.getBoundingClientRect();
  const shift = Math.max(EDGE_PX - left, 0) + Math.min(innerWidth - EDGE_PX - right, 0);
  panel.style.translate = `${shift}px 0`;
  panel.querySelector<HTMLElement>('[aria-checked="true"], button, input, [href]')?.focus();
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
