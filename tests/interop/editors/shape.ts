// What the tests ask of every editor page, whatever client it runs.

export interface EditorPage {
  text(): string
  /** Focuses the editor with its caret at the end of the text. */
  focusEnd(): void
  select(anchor: number, head: number): void
  /** How often a connection was made. */
  connects(): number
  /** Names of the others, by presence. */
  names(): string[]
  /** Selections of the others that are drawn, as `anchor-head` in offsets. */
  selections(): string[]
}

export interface Visit {
  parent: HTMLElement
  /** `ws://HOST/sync`. */
  sync: string
  room: string
  name: string
}

declare global {
  interface Window {
    /** Set once the editor is on the page and synced. */
    editorPage?: EditorPage
  }
}
