/**
 * A style sheet of one editor, with a class per person for the background of selections. Adopted,
 * not inserted as an element, so that a content security policy does not forbid it.
 */
import { CARET_RULES, toCss, type RemoteCursor } from './cursors.js';

const BASE = toCss(CARET_RULES);

export class CursorStyles {
  readonly #root: DocumentOrShadowRoot;
  readonly #sheet = new CSSStyleSheet();
  #colors = '';

  constructor(node: Node) {
    const root = node.getRootNode();
    this.#root = root instanceof ShadowRoot ? root : (node.ownerDocument ?? document);
    this.#sheet.replaceSync(BASE);
    this.#root.adoptedStyleSheets = [...this.#root.adoptedStyleSheets, this.#sheet];
  }

  className(client: number): string {
    return `collab-selection-${client}`;
  }

  /** Colours are checked by `remoteCursors`; nothing else of a person reaches a rule. */
  update(cursors: readonly RemoteCursor[]): void {
    const colors = cursors
      .map(({ client, colorLight }) => `.${this.className(client)} { background: ${colorLight}; }`)
      .join('\n');
    if (colors === this.#colors) return;
    this.#colors = colors;
    this.#sheet.replaceSync(BASE + colors);
  }

  dispose(): void {
    const sheets = this.#root.adoptedStyleSheets;
    this.#root.adoptedStyleSheets = sheets.filter((sheet) => sheet !== this.#sheet);
  }
}
