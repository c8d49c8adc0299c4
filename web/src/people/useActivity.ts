import type { PersonStatus, Room } from 'collab-wasm';
import { useEffect } from 'react';

const IDLE_AFTER_MS = 120_000;
const SIGNS_OF_LIFE = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;

/** Tells the others: active, idle after two minutes without input, away while the page is hidden. */
export function useActivity(room: Room | null): void {
  useEffect(() => {
    if (room === null) return;
    let told: PersonStatus = 'active';
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = (status: PersonStatus): void => {
      if (status !== told) room.presence.setStatus(status);
      told = status;
    };
    const alive = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => tell('idle'), IDLE_AFTER_MS);
      tell('active');
    };
    const shown = (): void => (document.hidden ? tell('away') : alive());
    shown();
    for (const sign of SIGNS_OF_LIFE) addEventListener(sign, alive, { passive: true });
    document.addEventListener('visibilitychange', shown);
    return () => {
      clearTimeout(timer);
      for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, alive);
      document.removeEventListener('visibilitychange', shown);
    };
  }, [room]);
}
