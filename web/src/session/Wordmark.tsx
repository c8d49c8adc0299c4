/** Two cursors in one text: the sign of the house. */
export function Wordmark({ short = false }: { short?: boolean }) {
  return (
    <span className="wordmark">
      <svg className="wordmark__sign" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <rect className="wordmark__ground" width="32" height="32" rx="9" />
        <path className="wordmark__one" d="M11 8v16M11 8h6.5v5.5H11z" />
        <path className="wordmark__other" d="M21 12v12M21 12h4v4h-4z" />
      </svg>
      <span className={short ? 'wordmark__text wordmark__text--short' : 'wordmark__text'}>collab</span>
    </span>
  );
}
