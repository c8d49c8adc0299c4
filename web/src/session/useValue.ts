import { useEffect, useState } from 'react';

/** A room, its chat: whatever tells that something of it differs. */
interface Source<E> {
  on(event: E, listener: () => void): () => void;
}

/** What `read` gives, read again at each such event; `fallback` while there is no source. */
export function useValue<S extends Source<E>, E, T>(
  source: S | null,
  event: E,
  read: (source: S) => T,
  fallback: T,
): T {
  const [value, setValue] = useState<T>(() => (source === null ? fallback : read(source)));
  useEffect(() => {
    if (source === null) {
      setValue(() => fallback);
      return;
    }
    const renew = (): void => setValue(() => read(source));
    renew();
    return source.on(event, renew);
  }, [source, event, read, fallback]);
  return value;
}
