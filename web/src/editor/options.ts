/** How Monaco is set up for the pad; what changes with the room or the page's width comes apart. */
import type * as Monaco from 'monaco-editor/editor';

type Options = Monaco.editor.IEditorOptions;

export const FIXED_OPTIONS: Monaco.editor.IStandaloneEditorConstructionOptions = {
  model: null,
  // Words are offered while typing code; only Tab takes one, so Enter is always a new line.
  acceptSuggestionOnEnter: 'off',
  ariaLabel: 'Editor',
  automaticLayout: true,
  fixedOverflowWidgets: true,
  fontFamily: 'ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSize: 14,
  lineHeight: 1.6,
  // A collaborator's caret must not be taken for a guide or a ruler: little else is drawn.
  guides: { indentation: true, bracketPairs: false },
  hideCursorInOverviewRuler: true,
  minimap: { enabled: false },
  occurrencesHighlight: 'off',
  overviewRulerBorder: false,
  padding: { top: 12, bottom: 12 },
  // The binding sets `readOnly` itself, by the room's status.
  readOnlyMessage: { value: 'This session cannot be changed at the moment.' },
  placeholder: 'Start typing: the others see it live.',
  renderLineHighlight: 'line',
  roundedSelection: true,
  scrollBeyondLastLine: false,
  stickyScroll: { enabled: false },
  // Words of other languages than English are no attack; real disguises stay marked.
  unicodeHighlight: { nonBasicASCII: false },
  // The theme's colours do not reach into the shadow root of the context menu.
  useShadowDOM: false,
  wordBasedSuggestions: 'currentDocument',
};

export function widthOptions(narrow: boolean): Options {
  return {
    wordWrap: narrow ? 'on' : 'off',
    folding: !narrow,
    glyphMargin: false,
    lineNumbersMinChars: narrow ? 2 : 4,
    lineDecorationsWidth: narrow ? 8 : 12,
    fontSize: narrow ? 13 : 14,
  };
}

