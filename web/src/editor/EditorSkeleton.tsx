import './EditorSkeleton.css';

const WIDTHS = [38, 22, 0, 46, 61, 54, 30, 0, 26, 44, 17];

/** Stands in the editor's place until Monaco and the room are there. */
export function EditorSkeleton() {
  return (
    <div className="skeleton" aria-hidden="true">
      {WIDTHS.map((width, at) => (
        <span key={at} className="skeleton__line" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
