import { useCallback, useLayoutEffect, useRef, type RefObject } from 'react';

/** So near to the end, in CSS pixels, counts as being there. */
const NEAR_PX = 48;

interface StickyScroll {
  list: RefObject<HTMLDivElement | null>;
  onScroll: () => void;
}

/**
 * Keeps a list at its end while the reader is there, and where they read while older entries come
 * in above. `onTop` is called when they reach the start.
 */
export function useStickyScroll(first: string | undefined, last: string | undefined, onTop: () => void): StickyScroll {
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const height = useRef(0);
  const before = useRef(first);
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    if (atEnd.current) element.scrollTop = element.scrollHeight;
    else if (before.current !== first) element.scrollTop += element.scrollHeight - height.current;
    before.current = first;
    height.current = element.scrollHeight;
  }, [first, last]);
  const onScroll = useCallback(() => {
    const element = list.current;
    if (element === null) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    height.current = element.scrollHeight;
    if (element.scrollTop < NEAR_PX) onTop();
  }, [onTop]);
  return { list, onScroll };
}
