import type { Room } from 'collab-wasm';
import { useEffect } from 'react';
import type { ToastContent } from '../controls/Toast';

const WARNING: ToastContent = {
  key: 'storage',
  text: 'This browser cannot keep edits: do not close the tab while offline',
  action: null,
};

/** Says once that edits made offline would not survive a closed tab. */
export function useStorageWarning(room: Room | null, show: (toast: ToastContent) => void): void {
  useEffect(() => {
    if (room === null) return;
    return room.on('error', (error) => {
      if (error.code === 'storage_failed') show(WARNING);
    });
  }, [room, show]);
}
