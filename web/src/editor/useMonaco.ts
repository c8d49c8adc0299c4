import { useEffect, useState } from 'react';

export type MonacoModule = typeof import('./monaco')['monaco'];

/** Starts at the first call and is shared: the module loads while the room is being joined. */
let loading: Promise<MonacoModule> | null = null;

export function loadMonaco(): Promise<MonacoModule> {
  loading ??= import('./monaco').then((module) => module.monaco);
  return loading;
}

/** The component around it, apart since it imports the package's Monaco binding. */
export function loadEditor(): Promise<typeof import('./Editor')> {
  return import('./Editor');
}

export type MonacoState = { kind: 'loading' } | { kind: 'ready'; monaco: MonacoModule } | { kind: 'failed' };

export function useMonaco(): MonacoState {
  const [state, setState] = useState<MonacoState>({ kind: 'loading' });
  useEffect(() => {
    let gone = false;
    loadMonaco().then(
      (monaco) => gone || setState({ kind: 'ready', monaco }),
      () => gone || setState({ kind: 'failed' }),
    );
    return () => {
      gone = true;
    };
  }, []);
  return state;
}
