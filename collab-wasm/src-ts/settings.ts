/** Settings that everybody in the room shares. */
import type { DocumentEngine } from './document-engine.js';
import type { Json, Settings } from './types.js';

const LANGUAGE = 'language';

export class SharedSettings implements Settings {
  readonly #engine: DocumentEngine;

  constructor(engine: DocumentEngine) {
    this.#engine = engine;
  }

  get(key: string): Json | undefined {
    const json = this.#engine.read((client) => client.setting(key));
    return json === undefined ? undefined : (JSON.parse(json) as Json);
  }

  set(key: string, value: Json): void {
    this.#engine.input((client, now) => client.setSetting(now, key, JSON.stringify(value)));
  }

  get language(): string {
    const language = this.get(LANGUAGE);
    return typeof language === 'string' ? language : '';
  }

  set language(language: string) {
    this.set(LANGUAGE, language);
  }
}
