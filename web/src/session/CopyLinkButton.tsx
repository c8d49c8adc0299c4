import { useEffect, useState } from 'react';
import { Icon } from '../controls/Icon';
import { copyText } from './copyText';
import { shareHref } from './location';

const SHOWN_MS = 2000;

type Outcome = 'copied' | 'failed';

/** Copies the session's link, without one's own name, and says so. */
export function CopyLinkButton({ sessionId }: { sessionId: string }) {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => {
    setOutcome((await copyText(shareHref(location.href, sessionId))) ? 'copied' : 'failed');
  };
  const text = outcome === null ? 'Copy link' : outcome === 'copied' ? 'Link copied' : 'Copy the address bar';
  return (
    <button type="button" className="copy-link" data-outcome={outcome} onClick={() => void copy()} title="Copy link">
      <Icon name={outcome === 'copied' ? 'check' : 'link'} />
      <span className="copy-link__text" aria-live="polite">
        {text}
      </span>
    </button>
  );
}
