import { Icon } from '../controls/Icon';

/** What the page answers to a command. Nobody else sees it. */
export interface NoticeContent {
  text: string;
  lines: { term: string; text: string }[];
}

export function Notice({ content, onClose }: { content: NoticeContent; onClose: () => void }) {
  return (
    <div className="notice" role="status">
      <div className="notice__content">
        {content.text !== '' && <p dir="auto">{content.text}</p>}
        {content.lines.length > 0 && (
          <dl>
            {content.lines.map(({ term, text }) => (
              <div key={term}>
                <dt>
                  <bdi>{term}</bdi>
                </dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
      <button type="button" className="icon-button icon-button--small" aria-label="Dismiss" onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}
