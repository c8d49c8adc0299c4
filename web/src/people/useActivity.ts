import type { PersonStatus, Room } from 'collab-wasm';
import { useEffect } from 'react';

const IDLE_AFTER_MS = 120_000;
const SIGNS_OF_LIFE = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;

/** Tells the others: active, or idle after two minutes without input. Hidden pages are away anyhow. */
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
    alive();
    for (const sign of SIGNS_OF_LIFE) addEventListener(sign, alive, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, alive);
    };
  }, [room]);
}
