import type { FileInfo, Room } from 'collab-wasm';
import { bindTextarea } from 'collab-wasm/textarea';
import { useEffect, useRef } from 'react';
import './PlainEditor.css';

/** Where the caret was, for the editor that takes over. */
export interface Caret {
  fileId: string;
  start: number;
  end: number;
}

interface PlainEditorProps {
  room: Room;
  file: FileInfo;
  /** An input method composes text, which no other editor could go on with. */
  onComposing: (composing: boolean) => void;
  /** Called at the end, if the caret was in here. */
  onCaret: (caret: Caret) => void;
}

/** The shown file in a plain text field: one can type while Monaco, fifty times as large, loads. */
export function PlainEditor({ room, file, onComposing, onCaret }: PlainEditorProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const element = field.current;
    if (element === null) return;
    const binding = bindTextarea(room, file.id, element);
    return () => {
      const { selectionStart: start, selectionEnd: end } = element;
      if (document.activeElement === element) onCaret({ fileId: file.id, start, end });
      binding.dispose();
    };
  }, [room, file.id, onCaret]);
  return (
    <textarea
      ref={field}
      className="plain-editor"
      aria-label={`Editor, ${file.name}`}
      placeholder="Start typing: the others see it live."
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      wrap="off"
      onCompositionStart={() => onComposing(true)}
      onCompositionEnd={() => onComposing(false)}
    />
  );
}
