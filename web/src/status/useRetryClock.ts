import { useEffect, useState } from 'react';

/** Unix time in ms, renewed each second while a retry is planned. */
export function useRetryClock(retryAt: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (retryAt === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [retryAt]);
  return now;
}
