/** The languages offered for a file. IDs are Monaco's, and so the values shared in the document. */

export interface Language {
  id: string;
  label: string;
  /** Of names; the first one is given to new files. */
  extensions: readonly string[];
  tabSize: 2 | 4;
}

export const PLAIN_TEXT: Language = { id: 'plaintext', label: 'Plain text', extensions: ['.txt'], tabSize: 4 };

export const LANGUAGES: readonly Language[] = [
  { id: 'typescript', label: 'TypeScript', extensions: ['.ts', '.tsx', '.mts', '.cts'], tabSize: 2 },
  { id: 'javascript', label: 'JavaScript', extensions: ['.js', '.jsx', '.mjs', '.cjs'], tabSize: 2 },
  { id: 'python', label: 'Python', extensions: ['.py'], tabSize: 4 },
  { id: 'go', label: 'Go', extensions: ['.go'], tabSize: 4 },
  { id: 'rust', label: 'Rust', extensions: ['.rs'], tabSize: 4 },
  { id: 'java', label: 'Java', extensions: ['.java'], tabSize: 4 },
  { id: 'c', label: 'C', extensions: ['.c', '.h'], tabSize: 4 },
  { id: 'cpp', label: 'C++', extensions: ['.cpp', '.cc', '.cxx', '.hpp', '.hh'], tabSize: 4 },
  { id: 'csharp', label: 'C#', extensions: ['.cs'], tabSize: 4 },
  { id: 'html', label: 'HTML', extensions: ['.html', '.htm'], tabSize: 2 },
  { id: 'css', label: 'CSS', extensions: ['.css'], tabSize: 2 },
  { id: 'json', label: 'JSON', extensions: ['.json'], tabSize: 2 },
  { id: 'markdown', label: 'Markdown', extensions: ['.md', '.markdown'], tabSize: 2 },
  { id: 'sql', label: 'SQL', extensions: ['.sql'], tabSize: 2 },
  { id: 'shell', label: 'Shell', extensions: ['.sh', '.bash', '.zsh'], tabSize: 2 },
  { id: 'yaml', label: 'YAML', extensions: ['.yaml', '.yml'], tabSize: 2 },
  PLAIN_TEXT,
];

/** Unknown and empty IDs, as other clients may write them, mean plain text. */
export function languageById(id: string): Language {
  return LANGUAGES.find((language) => language.id === id) ?? PLAIN_TEXT;
}

/** What a file's name says of its language; `null` if nothing. */
export function languageByFileName(name: string): Language | null {
  const lower = name.toLowerCase();
  return LANGUAGES.find((language) => language.extensions.some((extension) => lower.endsWith(extension))) ?? null;
}
