import { useEffect, useState } from 'react';

export type MonacoModule = typeof import('./monaco')['monaco'];

/** Monaco, and the component around it, which imports the package's Monaco binding. */
export interface LoadedMonaco {
  monaco: MonacoModule;
  Editor: typeof import('./Editor')['Editor'];
}

/** Starts at the first call and is shared: the modules load while the room is being joined. */
let loading: Promise<LoadedMonaco> | null = null;

export function loadMonaco(): Promise<LoadedMonaco> {
  loading ??= Promise.all([import('./monaco'), import('./Editor')]).then(([{ monaco }, { Editor }]) => ({
    monaco,
    Editor,
  }));
  return loading;
}

export type MonacoState = { kind: 'loading' } | ({ kind: 'ready' } & LoadedMonaco) | { kind: 'failed' };

export function useMonaco(): MonacoState {
  const [state, setState] = useState<MonacoState>({ kind: 'loading' });
  useEffect(() => {
    let gone = false;
    loadMonaco().then(
      (loaded) => gone || setState({ kind: 'ready', ...loaded }),
      () => gone || setState({ kind: 'failed' }),
    );
    return () => {
      gone = true;
    };
  }, []);
  return state;
}
