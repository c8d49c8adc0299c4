/** The HTTP API of accounts (collab-rooms/README.md). Passwords and tokens go nowhere else. */

export interface SignedIn {
  account: { id: string; name: string; role: string };
  access_token: string;
  access_expires_at_ms: number;
  /** Left out where the one from before stays valid. */
  refresh_token?: string;
}

/** A refusal by the server; `message` is for people. `no_accounts`: this server keeps none. */
export class AccountError extends Error {
  override readonly name = 'AccountError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Whether this server keeps accounts: a relay alone answers with the page. */
export async function keepsAccounts(): Promise<boolean> {
  const response = await fetch('/api/accounts').catch(() => null);
  return response?.ok === true && response.headers.get('content-type')?.startsWith('application/json') === true;
}

export const guest = (): Promise<SignedIn> => call('guest', undefined);
export const refresh = (refresh_token: string): Promise<SignedIn> => call('refresh', { refresh_token });
export const login = (name: string, password: string): Promise<SignedIn> => call('login', { name, password });
export const setPassword = (token: string, password: string): Promise<SignedIn> => call('password', { password }, token);
export const setName = (token: string, name: string): Promise<SignedIn> => call('name', { name }, token);

async function call(what: string, body: object | undefined, token?: string): Promise<SignedIn> {
  const headers = new Headers({ 'content-type': 'application/json' });
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  const init = { method: 'POST', headers, body: body === undefined ? null : JSON.stringify(body) };
  const response = await fetch(`/api/accounts/${what}`, init).catch(() => null);
  if (response === null) throw new AccountError('unreachable', 'The server cannot be reached.');
  if (response.ok) return (await response.json()) as SignedIn;
  throw await refusal(response);
}

async function refusal(response: Response): Promise<AccountError> {
  try {
    const { code, message } = (await response.json()) as { code: string; message: string };
    return new AccountError(code, message);
  } catch {
    return new AccountError('unavailable', 'The server does not answer as expected.');
  }
}

export function noAccounts(): AccountError {
  return new AccountError('no_accounts', 'This server keeps no accounts: you are a guest in this browser.');
}
