import { useEffect, type RefObject } from 'react';

/** Calls `dismiss` for Escape, and for a press or the focus going outside of the element. */
export function useDismiss(
  inside: RefObject<HTMLElement | null>,
  open: boolean,
  dismiss: (byKey: boolean) => void,
): void {
  useEffect(() => {
    if (!open) return;
    const left = (event: Event): void => {
      if (event.target instanceof Node && !inside.current?.contains(event.target)) dismiss(false);
    };
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      dismiss(true);
    };
    document.addEventListener('pointerdown', left);
    document.addEventListener('focusin', left);
    document.addEventListener('keydown', pressed, { capture: true });
    return () => {
      document.removeEventListener('pointerdown', left);
      document.removeEventListener('focusin', left);
      document.removeEventListener('keydown', pressed, { capture: true });
    };
  }, [inside, open, dismiss]);
}
