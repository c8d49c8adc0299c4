import type { FileInfo, Person } from 'collab-wasm';
import type { ReactNode } from 'react';
import { PeopleMenu } from '../people/PeopleMenu';
import { CopyLinkButton } from '../session/CopyLinkButton';
import { Wordmark } from '../session/Wordmark';
import { ThemeMenu } from '../theme/ThemeMenu';
import type { ThemeChoice } from '../theme/useTheme';

interface HeaderProps {
  sessionId: string;
  people: Person[];
  files: FileInfo[];
  theme: ThemeChoice;
  onVisit: (person: Person) => void;
  onRename: () => void;
  /** Buttons beside the people. */
  children: ReactNode;
}

/** Which session this is, its link, who is here, and the theme. */
export function Header({ sessionId, people, files, theme, onVisit, onRename, children }: HeaderProps) {
  return (
    <header className="pad-header">
      <Wordmark short />
      <div className="pad-header__session">
        <h1 className="pad-header__name" title={sessionId}>
          <span className="visually-hidden">Session </span>
          {sessionId}
        </h1>
        <CopyLinkButton sessionId={sessionId} />
      </div>
      <div className="pad-header__right">
        {people.length > 0 && <PeopleMenu people={people} files={files} onVisit={onVisit} onRename={onRename} />}
        {children}
        <ThemeMenu {...theme} />
      </div>
    </header>
  );
}
