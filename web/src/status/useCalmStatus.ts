import type { Status } from 'collab-wasm';
import { useEffect, useState } from 'react';

/** How long an edit must be saved before we say so: typing would make the label flicker. */
const CALM_MS = 400;

/**
 * The status with *saved* delayed until typing pauses. Only this one change is ever late, so that
 * the label never promises more than is true.
 */
export function useCalmStatus(status: Status | null): Status | null {
  const [shown, setShown] = useState(status);
  const waits = status?.phase === 'saved' && shown?.phase === 'synced';
  useEffect(() => {
    if (!waits) {
      setShown(status);
      return;
    }
    const timer = setTimeout(() => setShown(status), CALM_MS);
    return () => clearTimeout(timer);
  }, [status, waits]);
  return waits ? shown : status;
}
