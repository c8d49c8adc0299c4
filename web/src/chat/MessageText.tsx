import { CodeBlock } from './CodeBlock';
import { parseMessage, type Block, type Inline } from './richText';

/** A message's text with its links, code and mentions. Everything is text to React, so nothing runs. */
export function MessageText({ text }: { text: string }) {
  return (
    <div className="message-text">
      {parseMessage(text).map((block, at) => (
        <BlockView key={at} block={block} />
      ))}
    </div>
  );
}

function BlockView({ block }: { block: Block }) {
  if (block.kind === 'code') return <CodeBlock language={block.language} code={block.code} />;
  return (
    <p dir="auto">
      {block.parts.map((part, at) => (
        <InlineView key={at} part={part} />
      ))}
    </p>
  );
}

function InlineView({ part }: { part: Inline }) {
  switch (part.kind) {
    case 'plain':
      return part.text;
    case 'code':
      return <code>{part.text}</code>;
    case 'mention':
      return <strong className="mention">{part.text}</strong>;
    case 'link':
      return (
        <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          {part.text}
        </a>
      );
  }
}
