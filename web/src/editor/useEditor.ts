import type * as Monaco from 'monaco-editor/editor';
import { useEffect, useRef, useState, type RefObject } from 'react';
import { useMediaQuery } from '../controls/useMediaQuery';
import type { Scheme } from '../theme/theme';
import { FIXED_OPTIONS, widthOptions } from './options';
import { THEME_NAMES } from './themes';
import type { MonacoModule } from './useMonaco';

export type CodeEditor = Monaco.editor.IStandaloneCodeEditor;

/** One Monaco editor inside the returned element, without a text; `null` before it is there. */
export function useEditor(monaco: MonacoModule, scheme: Scheme): [RefObject<HTMLDivElement | null>, CodeEditor | null] {
  const host = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<CodeEditor | null>(null);
  const narrow = useMediaQuery('(max-width: 40rem)');
  const still = useMediaQuery('(prefers-reduced-motion: reduce)');
  useEffect(() => {
    if (host.current === null) return;
    const created = monaco.editor.create(host.current, FIXED_OPTIONS);
    setEditor(created);
    return () => {
      setEditor(null);
      created.dispose();
    };
  }, [monaco]);
  useEffect(() => monaco.editor.setTheme(THEME_NAMES[scheme]), [monaco, scheme]);
  useEffect(() => editor?.updateOptions(widthOptions(narrow)), [editor, narrow]);
  useEffect(() => editor?.updateOptions({ smoothScrolling: !still }), [editor, still]);
  return [host, editor];
}
