import type { ErrorCode } from 'collab-wasm';
import { Icon } from '../controls/Icon';
import './RefusedNotice.css';
import { refusal } from './refusals';

interface RefusedNoticeProps {
  code: ErrorCode | undefined;
  onRetry: () => void;
}

/** Above the locked editor: why the relay refused, and what can be done. */
export function RefusedNotice({ code, onRetry }: RefusedNoticeProps) {
  const { title, advice } = refusal(code);
  return (
    <div className="refused">
      <Icon name="alert" />
      <p className="refused__text">
        <strong>{title}.</strong> {advice}
      </p>
      <div className="refused__actions">
        <button type="button" className="link-button" onClick={onRetry}>
          Try again
        </button>
        <a className="link-button" href="/">
          New session
        </a>
      </div>
    </div>
  );
}
