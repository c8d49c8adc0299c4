interface SuggestionsProps {
  id: string;
  choices: readonly { text: string; hint: string }[];
  picked: number;
  onPick: (choice: number) => void;
}

/** What could stand at the cursor. The focus stays in the field; `picked` is what Tab takes. */
export function Suggestions({ id, choices, picked, onPick }: SuggestionsProps) {
  return (
    <ul className="suggestions" id={id} role="listbox" aria-label="Suggestions">
      {choices.map((choice, at) => (
        <li
          key={choice.text}
          id={`${id}-${at}`}
          role="option"
          aria-selected={at === picked}
          onPointerDown={(event) => {
            event.preventDefault();
            onPick(at);
          }}
        >
          <bdi className="suggestions__text">{choice.text}</bdi>
          <span className="suggestions__hint">{choice.hint}</span>
        </li>
      ))}
    </ul>
  );
}
