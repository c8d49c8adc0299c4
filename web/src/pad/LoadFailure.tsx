import type { ErrorCode } from 'collab-wasm';
import { refusal } from '../status/refusals';

/** In place of the editor when a part of the page could not be loaded. */
export function LoadFailure({ code }: { code: ErrorCode | undefined }) {
  const { title, advice } = refusal(code);
  return (
    <div className="editor-empty" role="alert">
      <h2 className="editor-empty__title">{title}</h2>
      <p>{advice}</p>
      <button type="button" className="push-button" onClick={() => location.reload()}>
        Reload
      </button>
    </div>
  );
}
