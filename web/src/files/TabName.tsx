import { useEffect, useRef, useState } from 'react';
import { cleanFileName, FILE_NAME_LEN_MAX } from './fileNames';

interface TabNameProps {
  name: string;
  onDone: (name: string | null) => void;
}

/** The field in place of a tab's name. Enter and leaving keep the new name, Escape the old one. */
export function TabName({ name, onDone }: TabNameProps) {
  const [draft, setDraft] = useState(name);
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => {
    const dot = name.lastIndexOf('.');
    field.current?.focus();
    field.current?.setSelectionRange(0, dot > 0 ? dot : name.length);
  }, [name]);
  const finish = (keep: boolean): void => {
    if (done.current) return;
    done.current = true;
    const cleaned = cleanFileName(draft);
    onDone(keep && cleaned !== '' && cleaned !== name ? cleaned : null);
  };
  return (
    <input
      ref={field}
      className="tab__input"
      aria-label={`New name of ${name}`}
      value={draft}
      size={Math.max(6, draft.length)}
      maxLength={FILE_NAME_LEN_MAX}
      spellCheck={false}
      autoCapitalize="off"
      onChange={(event) => setDraft(event.target.value)}
      onBlur={() => finish(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter') finish(true);
        if (event.key === 'Escape') finish(false);
      }}
    />
  );
}
