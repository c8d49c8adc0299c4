/** Monaco's colours, in tune with styles/tokens.css: Monaco needs them as plain hex values. */
import type * as Monaco from 'monaco-editor/editor';
import type { Scheme } from '../theme/theme';

export const THEME_NAMES: Record<Scheme, string> = { light: 'collab-light', dark: 'collab-dark' };

type Theme = Monaco.editor.IStandaloneThemeData;

const LIGHT: Theme = {
  base: 'vs',
  inherit: true,
  rules: [
    { token: '', foreground: '1e2422' },
    { token: 'comment', foreground: '6a736e', fontStyle: 'italic' },
    { token: 'keyword', foreground: '8a3b8f' },
    { token: 'string', foreground: '17624a' },
    { token: 'number', foreground: 'a04a0c' },
    { token: 'regexp', foreground: 'a52a2a' },
    { token: 'type', foreground: '1d5fa8' },
    { token: 'tag', foreground: '8a3b8f' },
    { token: 'attribute.name', foreground: '1d5fa8' },
    { token: 'delimiter', foreground: '4c5652' },
  ],
  colors: {
    'editor.background': '#fbfaf7',
    'editor.foreground': '#1e2422',
    'editorGutter.background': '#fbfaf7',
    'editorLineNumber.foreground': '#8b938f',
    'editorLineNumber.activeForeground': '#1e2422',
    'editor.lineHighlightBackground': '#f1efe98c',
    'editor.lineHighlightBorder': '#00000000',
    'editor.selectionBackground': '#cfe5d9',
    'editor.inactiveSelectionBackground': '#e2ece6',
    'editorCursor.foreground': '#17624a',
    'editorBracketHighlight.foreground1': '#4c5652',
    'editorBracketHighlight.foreground2': '#1d5fa8',
    'editorBracketHighlight.foreground3': '#8a3b8f',
    'editorBracketMatch.background': '#dfeee6',
    'editorBracketMatch.border': '#17624a66',
    'editorIndentGuide.background1': '#e7e4db',
    'editorWidget.background': '#ffffff',
    'editorWidget.border': '#dedad0',
    'editorSuggestWidget.selectedBackground': '#dfeee6',
    'editorSuggestWidget.selectedForeground': '#1e2422',
    'editorSuggestWidget.highlightForeground': '#17624a',
    'editorSuggestWidget.focusHighlightForeground': '#17624a',
    'list.hoverBackground': '#f1efe9',
    focusBorder: '#17624a',
    'scrollbarSlider.background': '#1e242226',
    'scrollbarSlider.hoverBackground': '#1e242240',
    'scrollbarSlider.activeBackground': '#1e242259',
    'scrollbar.shadow': '#00000014',
  },
};

const DARK: Theme = {
  base: 'vs-dark',
  inherit: true,
  rules: [
    { token: '', foreground: 'e6e9e7' },
    { token: 'comment', foreground: '8b968f', fontStyle: 'italic' },
    { token: 'keyword', foreground: 'd7a3dd' },
    { token: 'string', foreground: '8fd3b0' },
    { token: 'number', foreground: 'f0b27a' },
    { token: 'regexp', foreground: 'ff9c93' },
    { token: 'type', foreground: '8dbdf2' },
    { token: 'tag', foreground: 'd7a3dd' },
    { token: 'attribute.name', foreground: '8dbdf2' },
    { token: 'delimiter', foreground: 'b4bdb8' },
  ],
  colors: {
    'editor.background': '#16191b',
    'editor.foreground': '#e6e9e7',
    'editorGutter.background': '#16191b',
    'editorLineNumber.foreground': '#6b7671',
    'editorLineNumber.activeForeground': '#e6e9e7',
    'editor.lineHighlightBackground': '#1e2224a0',
    'editor.lineHighlightBorder': '#00000000',
    'editor.selectionBackground': '#2b4d3e',
    'editor.inactiveSelectionBackground': '#24352d',
    'editorCursor.foreground': '#74cfa8',
    'editorBracketHighlight.foreground1': '#b4bdb8',
    'editorBracketHighlight.foreground2': '#8dbdf2',
    'editorBracketHighlight.foreground3': '#d7a3dd',
    'editorBracketMatch.background': '#1d352b',
    'editorBracketMatch.border': '#74cfa866',
    'editorIndentGuide.background1': '#2a2f32',
    'editorWidget.background': '#25292c',
    'editorWidget.border': '#30363a',
    'editorSuggestWidget.selectedBackground': '#1d352b',
    'editorSuggestWidget.selectedForeground': '#e6e9e7',
    'editorSuggestWidget.highlightForeground': '#74cfa8',
    'editorSuggestWidget.focusHighlightForeground': '#74cfa8',
    'list.hoverBackground': '#2d3235',
    focusBorder: '#74cfa8',
    'scrollbarSlider.background': '#e6e9e71f',
    'scrollbarSlider.hoverBackground': '#e6e9e733',
    'scrollbarSlider.activeBackground': '#e6e9e74d',
    'scrollbar.shadow': '#00000059',
  },
};

export function defineThemes(monaco: typeof Monaco): void {
  monaco.editor.defineTheme(THEME_NAMES.light, LIGHT);
  monaco.editor.defineTheme(THEME_NAMES.dark, DARK);
}
