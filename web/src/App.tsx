import { useEffect, useState } from 'react';
import { Pad } from './pad/Pad';
import { InvalidSession } from './session/InvalidSession';
import { readLanding, renamedHref, sessionHref } from './session/location';
import { NamePrompt } from './session/NamePrompt';
import { rememberedUserName, rememberUserName } from './session/userName';

/** Decides by the address which page this is: a wrong link, the question for a name, or the pad. */
export function App() {
  const [landing] = useState(() => readLanding(location.search));
  if (landing.kind === 'invalid') return <InvalidSession given={landing.given} />;
  return <Session {...landing} />;
}

interface SessionProps {
  sessionId: string;
  created: boolean;
  userName: string;
}

function Session({ sessionId, created, userName }: SessionProps) {
  const [name, setName] = useState(() => userName || rememberedUserName());
  useEffect(() => {
    document.title = `${sessionId} · collab`;
    replaceHref(sessionHref(location.href, sessionId));
  }, [sessionId]);
  const takeName = (chosen: string): void => {
    rememberUserName(chosen);
    replaceHref(renamedHref(location.href, chosen));
    setName(chosen);
  };
  if (name === '') return <NamePrompt sessionId={sessionId} created={created} onName={takeName} />;
  return <Pad sessionId={sessionId} userName={name} onName={takeName} />;
}

function replaceHref(href: string): void {
  if (href !== location.href) history.replaceState(history.state, '', href);
}
