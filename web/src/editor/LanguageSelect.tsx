import { Icon } from '../controls/Icon';
import { LANGUAGES, languageById } from './languages';
import './LanguageSelect.css';

interface LanguageSelectProps {
  language: string;
  disabled: boolean;
  onChange: (id: string) => void;
}

/** The language of the shown file, for everybody. */
export function LanguageSelect({ language, disabled, onChange }: LanguageSelectProps) {
  return (
    <span className="language">
      <select
        className="language__select"
        aria-label="Language of this file"
        value={languageById(language).id}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value)}
      >
        {LANGUAGES.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </select>
      <Icon name="caret" />
    </span>
  );
}
