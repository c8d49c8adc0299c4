/**
 * Who one is in the chat: an account, where the server keeps accounts, else a guest by a secret of this
 * browser. What is remembered is the refresh token; it changes with each use.
 */
import { guestToken } from '../session/guestToken';
import * as api from './api';
import { isCalled, numbered, wishedName } from './wishedName';

const STORAGE_KEY = 'collab.account';

export class Account {
  #signedIn: api.SignedIn | null = null;
  /** Whether the server keeps accounts. */
  #kept = false;
  /** The last call to the server. They go one after the other: a late answer to an old one would undo the newer. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Gives the chat a new token. */
  onToken: (token: string) => void = () => undefined;

  /** Comes back to the remembered account, or begins as a new guest. Never fails: then one is a guest. */
  static async open(): Promise<Account> {
    const account = new Account();
    await account.#comeBack().catch(() => undefined);
    return account;
  }

  /** What the relay's `hello` takes. */
  get token(): string {
    return this.#signedIn?.access_token ?? guestToken();
  }

  /** The name that the server gives; `null` where one names oneself. */
  get name(): string | null {
    return this.#signedIn?.account.name ?? null;
  }

  /** Gets a new token before the old one ends. */
  renew(): Promise<void> {
    return this.#inTurn(() => this.#comeBack());
  }

  login(name: string, password: string): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#kept) throw api.noAccounts();
      this.#take(await api.login(name, password));
    });
  }

  setPassword(password: string): Promise<void> {
    return this.#inTurn(async () => this.#take(await api.setPassword(this.#access(), password)));
  }

  /** Where the server keeps no accounts there is nobody to ask. */
  setName(name: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#signedIn !== null) this.#take(await api.setName(this.#access(), name));
    });
  }

  /** Asks for the name that somebody has in the pad, with a number where another has it. */
  async wishName(shown: string): Promise<void> {
    const wish = wishedName(shown);
    if (this.name === null || wish === null || isCalled(this.name, wish)) return;
    await this.setName(wish).catch((error: unknown) => {
      const isTaken = error instanceof api.AccountError && error.code === 'name_taken';
      return isTaken ? this.setName(numbered(wish, Math.random())) : undefined;
    });
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(run).then(() => this.onToken(this.token));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #access(): string {
    if (this.#signedIn === null) throw api.noAccounts();
    return this.#signedIn.access_token;
  }

  async #comeBack(): Promise<void> {
    this.#kept = await api.keepsAccounts();
    if (!this.#kept) return;
    const known = remembered();
    if (known !== null) {
      try {
        return this.#take(await api.refresh(known));
      } catch (error) {
        // Only a token that is no good makes one a newcomer; a server that is away does not.
        if (!(error instanceof api.AccountError) || error.code !== 'refresh_refused') throw error;
      }
    }
    this.#take(await api.guest());
  }

  #take(signedIn: api.SignedIn): void {
    this.#signedIn = signedIn;
    if (signedIn.refresh_token !== undefined) remember(signedIn.refresh_token);
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

function remember(token: string): void {
  try {
    localStorage.setItem(STORAGE_KEY, token);
  } catch {
    // Storage is blocked: the account lasts as long as the page.
  }
}
