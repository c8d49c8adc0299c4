import { useEffect, useState } from 'react';
import { LANGUAGES, languageByFileName } from '../editor/languages';
import { Icon } from '../controls/Icon';
import { copyText } from '../session/copyText';

/** Longer code than this is shown without colours: each change of a message would wait for them. */
const COLOURED_MAX_CHARS = 8_192;

/** Code in the editor's colours, as soon as the editor is there; until then plain. */
export function CodeBlock({ language, code }: { language: string; code: string }) {
  const html = useColours(language, code);
  return (
    <figure className="code-block">
      {/* Monaco escapes the code; of what it returns only classes and line breaks are markup. */}
      {html === null ? <pre>{code}</pre> : <pre dangerouslySetInnerHTML={{ __html: html }} />}
      <button
        type="button"
        className="icon-button icon-button--small code-block__copy"
        aria-label="Copy code"
        title="Copy code"
        onClick={() => void copyText(code)}
      >
        <Icon name="copy" />
      </button>
    </figure>
  );
}

function useColours(language: string, code: string): string | null {
  const [html, setHtml] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    setHtml(null);
    const id = languageId(language);
    if (id === null || code.length > COLOURED_MAX_CHARS) return;
    colours(id, code).then(
      (coloured) => gone || setHtml(coloured),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [language, code]);
  return html;
}

async function colours(language: string, code: string): Promise<string> {
  const { monaco } = await import('../editor/monaco');
  return monaco.editor.colorize(code, language, { tabSize: 4 });
}

/** People write an ID behind a fence, or what a file of that language would end in. */
function languageId(written: string): string | null {
  const name = written.toLowerCase();
  const language = LANGUAGES.find((each) => each.id === name) ?? languageByFileName(`.${name}`);
  return language?.id ?? null;
}
