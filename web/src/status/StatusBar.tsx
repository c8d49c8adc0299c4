import type { Status } from 'collab-wasm';
import type { ReactNode } from 'react';
import { announcement, FAILED, statusText } from './statusText';
import './StatusBar.css';
import { useCalmStatus } from './useCalmStatus';
import { useLastSaid } from './useLastSaid';
import { useRetryClock } from './useRetryClock';

interface StatusBarProps {
  status: Status | null;
  /** Nothing will ever come: a part of the page could not be loaded. */
  failed: boolean;
  onRetry: () => void;
  /** What else stands at the bottom, e.g. the cursor's position. */
  children?: ReactNode;
}

/** The bottom line: connection and saved state, always visible. */
export function StatusBar({ status, failed, onRetry, children }: StatusBarProps) {
  const now = useRetryClock(status?.retryAt ?? null);
  const calm = useCalmStatus(status);
  const text = failed ? FAILED : statusText(calm, now);
  const said = useLastSaid(announcement(status));
  const readOnly = status !== null && !status.canWrite && status.phase !== 'refused';
  return (
    <footer className="status-bar" data-tone={text.tone} data-phase={status?.phase ?? 'connecting'}>
      <span className="status-bar__state" title={text.detail} data-testid="status">
        <span className="status-bar__dot" aria-hidden="true" />
        <span className="status-bar__label">{text.label}</span>
      </span>
      {readOnly && <span className="status-bar__badge">View only</span>}
      {text.canRetry && (
        <span className="status-bar__retry">
          {text.retryInSeconds !== null && (
            <span className="status-bar__countdown" aria-hidden="true">
              {text.retryInSeconds > 0 ? `retry in ${text.retryInSeconds} s` : 'trying…'}
            </span>
          )}
          <button type="button" className="link-button" onClick={onRetry}>
            Retry now
          </button>
        </span>
      )}
      <span className="status-bar__rest">{children}</span>
      <span role="status" aria-live="polite" className="visually-hidden">
        {said}
      </span>
    </footer>
  );
}
