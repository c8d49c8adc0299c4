import './Card.css';
import { NameForm } from './NameForm';

interface NamePromptProps {
  sessionId: string;
  created: boolean;
  onName: (name: string) => void;
}

/** The page in front of the pad for somebody whose name is not known yet. */
export function NamePrompt({ sessionId, created, onName }: NamePromptProps) {
  return (
    <main className="card-page">
      <NameForm
        title={created ? 'Start a session' : 'Join the session'}
        submitLabel={created ? 'Start' : 'Join'}
        initial=""
        onName={onName}
      >
        <p className="card__text">
          <span className="card__session">{sessionId}</span>
        </p>
      </NameForm>
    </main>
  );
}
