import { sessionHref } from './location';
import './Card.css';
import { newSessionId, SESSION_ID_LEN_MAX } from './sessionId';
import { Wordmark } from './Wordmark';

/** How much of a wrong ID is shown. */
const SHOWN_LEN_MAX = 80;

/** The page for an address whose session ID is not allowed. */
export function InvalidSession({ given }: { given: string }) {
  const shown = given.length > SHOWN_LEN_MAX ? `${given.slice(0, SHOWN_LEN_MAX)}…` : given;
  const start = (): void => location.assign(sessionHref(location.href, newSessionId()));
  return (
    <main className="card-page">
      <div className="card" role="alert">
        <Wordmark />
        <h1 className="card__title">This link does not name a session</h1>
        <p className="card__text">
          <span className="card__session card__session--bad">{shown}</span>
        </p>
        <p className="card__text">
          A session ID has 1 to {SESSION_ID_LEN_MAX} letters, digits or one of{' '}
          <code className="card__code">. _ ~ -</code> and nothing else. Was the link cut or changed on its way?
        </p>
        <div className="card__actions">
          <button type="button" className="push-button" onClick={start}>
            Start a new session
          </button>
        </div>
      </div>
    </main>
  );
}
