// Names of the editors that keystrokes are measured in; the first word is the editor.
export const KEYSTROKE_EDITORS = ['codemirror alone', 'codemirror collab', 'codemirror yjs', 'monaco alone', 'monaco collab']
