import type { ChatReaction } from 'collab-wasm/chat';

interface ReactionsProps {
  reactions: readonly ChatReaction[];
  locked: boolean;
  onReact: (emoji: string, on: boolean) => void;
}

/** Who reacted with what; a click joins or takes one's own back. */
export function Reactions({ reactions, locked, onReact }: ReactionsProps) {
  return (
    <ul className="reactions" aria-label="Reactions">
      {reactions.map((reaction) => {
        const names = reaction.names.join(', ');
        return (
          <li key={reaction.with}>
            <button
              type="button"
              className="reaction"
              disabled={locked}
              aria-pressed={reaction.own}
              aria-label={`${reaction.with} by ${names}`}
              title={names}
              onClick={() => onReact(reaction.with, !reaction.own)}
            >
              <span>{reaction.with}</span> {reaction.names.length}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
