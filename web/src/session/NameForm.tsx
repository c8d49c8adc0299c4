import { useId, useState, type ReactNode } from 'react';
import { cleanUserName, USER_NAME_LEN_MAX } from './userName';
import { Wordmark } from './Wordmark';

interface NameFormProps {
  title: string;
  submitLabel: string;
  /** What stands in the field at first. */
  initial: string;
  onName: (name: string) => void;
  /** Given if there is a way back. */
  onCancel?: () => void;
  children?: ReactNode;
}

/** Asks for the name that others will see. */
export function NameForm({ title, submitLabel, initial, onName, onCancel, children }: NameFormProps) {
  const [draft, setDraft] = useState(initial);
  const [complains, setComplains] = useState(false);
  const id = useId();
  const name = cleanUserName(draft);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    if (name === '') setComplains(true);
    else onName(name);
  };
  return (
    <form className="card" onSubmit={submit} noValidate aria-labelledby={`${id}-title`}>
      <Wordmark />
      <h1 id={`${id}-title`} className="card__title">
        {title}
      </h1>
      {children}
      <label className="field" htmlFor={`${id}-name`}>
        <span className="field__label">Your name</span>
        <input
          id={`${id}-name`}
          className="field__input"
          value={draft}
          maxLength={2 * USER_NAME_LEN_MAX}
          autoComplete="nickname"
          autoFocus
          spellCheck={false}
          aria-invalid={complains && name === ''}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setDraft(event.target.value)}
        />
      </label>
      <p id={`${id}-hint`} className="field__hint" role={complains ? 'alert' : undefined}>
        {complains && name === ''
          ? 'Please enter a name, so that the others know who writes.'
          : 'Everybody in the session sees it. It is remembered in this browser.'}
      </p>
      <div className="card__actions">
        {onCancel !== undefined && (
          <button type="button" className="push-button push-button--quiet" onClick={onCancel}>
            Cancel
          </button>
        )}
        <button type="submit" className="push-button">
          {submitLabel}
        </button>
      </div>
    </form>
  );
}
