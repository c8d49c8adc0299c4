import { useCallback } from 'react';
import './Card.css';
import { NameForm } from './NameForm';

interface RenameDialogProps {
  name: string;
  onName: (name: string) => void;
  onClose: () => void;
}

/** Changes one's name while in the pad. */
export function RenameDialog({ name, onName, onClose }: RenameDialogProps) {
  const open = useCallback((dialog: HTMLDialogElement | null) => {
    if (dialog !== null && !dialog.open) dialog.showModal();
  }, []);
  return (
    <dialog ref={open} className="card-dialog" aria-label="Change your name" onClose={onClose}>
      <NameForm title="Change your name" submitLabel="Save" initial={name} onName={onName} onCancel={onClose} />
    </dialog>
  );
}
