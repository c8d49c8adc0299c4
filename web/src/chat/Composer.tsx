import type { Chat, ChatCompletion, ChatMessage } from 'collab-wasm/chat';
import { useEffect, useId, useState, type KeyboardEvent, type RefObject } from 'react';
import { Icon } from '../controls/Icon';
import { Suggestions } from './Suggestions';

/** What is being written: a new message, an answer, or an own message anew. */
export type Draft = { kind: 'new' } | { kind: 'reply' | 'edit'; message: ChatMessage };

interface ComposerProps {
  chat: Chat;
  draft: Draft;
  /** Whom one speaks to, for the field's hint. */
  label: string;
  field: RefObject<HTMLTextAreaElement | null>;
  /** Takes a line; `false` if it is to be corrected. */
  onSend: (line: string) => boolean;
  onCancel: () => void;
  /** Arrow up in an empty field: change what one said last. */
  onEditLast: () => void;
  onTyping: (typing: boolean) => void;
}

/** Where one writes. Enter sends, Shift+Enter begins a new line, Tab takes a suggestion. */
export function Composer({ chat, draft, label, field, onSend, onCancel, onEditLast, onTyping }: ComposerProps) {
  const [line, setLine] = useState('');
  const [completion, setCompletion] = useState<ChatCompletion | null>(null);
  const [picked, setPicked] = useState(0);
  const id = useId();
  const secret = chat.secret(line) !== null;
  const isEmpty = line.trim() === '';

  useEffect(() => {
    setLine(draft.kind === 'edit' ? draft.message.text : '');
    setCompletion(null);
    if (draft.kind !== 'new') field.current?.focus();
  }, [draft, field]);
  useEffect(() => {
    onTyping(!isEmpty && !line.startsWith('/') && draft.kind !== 'edit');
  }, [line, isEmpty, draft, onTyping]);

  const change = (text: string, cursor: number): void => {
    setLine(text);
    setCompletion(draft.kind === 'edit' ? null : chat.complete(text, cursor));
    setPicked(0);
  };
  const take = (choice: number): void => {
    const text = completion?.choices[choice]?.text;
    if (completion === null || text === undefined) return;
    const cursor = completion.from + text.length;
    change(line.slice(0, completion.from) + text + line.slice(completion.to), cursor);
    queueMicrotask(() => field.current?.setSelectionRange(cursor, cursor));
  };
  const send = (): void => {
    if (isEmpty || !onSend(line)) return;
    setLine('');
    setCompletion(null);
  };

  const keys: Record<string, (() => void) | undefined> = {
    Enter: send,
    Escape: completion !== null ? () => setCompletion(null) : draft.kind === 'new' ? undefined : onCancel,
    Tab: completion !== null ? () => take(picked) : undefined,
    ArrowUp: isEmpty ? onEditLast : step(-1),
    ArrowDown: step(1),
  };
  function step(by: number): (() => void) | undefined {
    if (completion === null) return undefined;
    const count = completion.choices.length;
    return () => setPicked((picked + by + count) % count);
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const modified = event.shiftKey || event.altKey || event.ctrlKey || event.metaKey;
    const run = modified || event.nativeEvent.isComposing ? undefined : keys[event.key];
    if (run === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };

  return (
    <div className="composer">
      {draft.kind !== 'new' && <DraftHead draft={draft} onCancel={onCancel} />}
      {completion !== null && <Suggestions id={id} choices={completion.choices} picked={picked} onPick={take} />}
      <div className="composer__row">
        <textarea
          ref={field}
          className={secret ? 'composer__field composer__field--secret' : 'composer__field'}
          value={line}
          rows={Math.min(8, line.split('\n').length)}
          placeholder={label}
          aria-label={label}
          aria-autocomplete="list"
          aria-controls={completion === null ? undefined : id}
          aria-activedescendant={completion === null ? undefined : `${id}-${picked}`}
          autoComplete="off"
          dir="auto"
          onChange={({ target }) => change(target.value, target.selectionStart)}
          onBlur={() => setCompletion(null)}
          onKeyDown={onKeyDown}
        />
        <button type="button" className="icon-button" aria-label="Send" title="Send (Enter)" disabled={isEmpty} onClick={send}>
          <Icon name="send" />
        </button>
      </div>
    </div>
  );
}

function DraftHead({ draft, onCancel }: { draft: Exclude<Draft, { kind: 'new' }>; onCancel: () => void }) {
  return (
    <div className="composer__head">
      {draft.kind === 'edit' ? (
        'Editing your message'
      ) : (
        <>
          Replying to <bdi>{draft.message.name}</bdi>
        </>
      )}
      <button type="button" className="icon-button icon-button--small" aria-label="Cancel" onClick={onCancel}>
        <Icon name="close" />
      </button>
    </div>
  );
}
