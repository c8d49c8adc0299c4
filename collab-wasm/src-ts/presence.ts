/** Who is here and where their cursors are. */
import type { DocumentEngine } from './document-engine.js';
import type { Person, PersonStatus, PresenceView, UserInfo } from './types.js';

/** Per person, as `Client.people` returns them, one after the other. */
type RawPerson = [
  client: number,
  self: boolean,
  name: string,
  color: string,
  colorLight: string,
  status: PersonStatus,
  file: string | undefined,
  anchor: number | undefined,
  head: number | undefined,
];

const FIELDS: RawPerson['length'] = 9;

export class People implements PresenceView {
  readonly #engine: DocumentEngine;
  /** What the application said; a hidden page counts as `away` whatever that was. */
  #status: PersonStatus = 'active';
  readonly #stop = new AbortController();

  constructor(engine: DocumentEngine) {
    this.#engine = engine;
    const page = globalThis.document;
    page?.addEventListener('visibilitychange', () => this.#sendStatus(), {
      signal: this.#stop.signal,
    });
  }

  list(): Person[] {
    // Asked each time: every edit may move a cursor.
    return toPeople(this.#engine.read((client) => client.people()));
  }

  setUser(user: UserInfo): void {
    this.#engine.input((client, now) => client.setUser(now, user.name, user.color));
  }

  setCursor(file: string | null, anchor?: number, head = anchor): void {
    const position = anchor !== undefined && head !== undefined ? [anchor, head] : undefined;
    this.#engine.input((client, now) =>
      client.setCursor(now, file ?? undefined, position?.[0], position?.[1]),
    );
  }

  setStatus(status: PersonStatus): void {
    this.#status = status;
    this.#sendStatus();
  }

  dispose(): void {
    this.#stop.abort();
  }

  #sendStatus(): void {
    const hidden = globalThis.document?.visibilityState === 'hidden';
    const status = hidden ? 'away' : this.#status;
    this.#engine.event((client, now) => client.setPersonStatus(now, status));
  }
}

function toPeople(flat: unknown[]): Person[] {
  const people: Person[] = [];
  for (let i = 0; i + FIELDS <= flat.length; i += FIELDS) {
    const raw = flat.slice(i, i + FIELDS) as RawPerson;
    const [client, self, name, color, colorLight, status, file, anchor, head] = raw;
    const cursor = anchor === undefined || head === undefined ? null : { anchor, head };
    people.push({ client, self, name, color, colorLight, status, file: file ?? null, cursor });
  }
  return people;
}
