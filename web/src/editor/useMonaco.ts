import { useEffect, useState } from 'react';

export type MonacoModule = typeof import('./monaco')['monaco'];

/** Monaco, and the component around it, which imports the package's Monaco binding. */
export interface LoadedMonaco {
  monaco: MonacoModule;
  Editor: typeof import('./Editor')['Editor'];
}

/** Starts at the first call and is shared. */
let loading: Promise<LoadedMonaco> | null = null;

function loadMonaco(): Promise<LoadedMonaco> {
  loading ??= Promise.all([import('./monaco'), import('./Editor')]).then(([{ monaco }, { Editor }]) => ({
    monaco,
    Editor,
  }));
  return loading;
}

export type MonacoState = { kind: 'loading' } | ({ kind: 'ready' } & LoadedMonaco) | { kind: 'failed' };

/**
 * Monaco, from when it is wanted: to evaluate it takes longer than all the rest of the page, which
 * would keep the plain editor from the screen.
 */
export function useMonaco(wanted: boolean): MonacoState {
  const [state, setState] = useState<MonacoState>({ kind: 'loading' });
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    const load = (): void =>
      void loadMonaco().then(
        (loaded) => gone || setState({ kind: 'ready', ...loaded }),
        () => gone || setState({ kind: 'failed' }),
      );
    // After the frame that shows the plain editor.
    requestAnimationFrame(() => setTimeout(load));
    return () => {
      gone = true;
    };
  }, [wanted]);
  return state;
}
