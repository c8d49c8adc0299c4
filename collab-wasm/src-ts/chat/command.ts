/** Typed lines as `src/chat/typed.rs` returns them. */
import { inRows } from './view.js';
import type { ChatCommand, ChatCompletion } from './types.js';

export type RawCommand = [kind: ChatCommand['kind'], first: string, second: string];

export function toCommand([kind, first, second]: RawCommand): ChatCommand {
  switch (kind) {
    case 'say':
    case 'act':
    case 'wrong':
      return { kind, text: first };
    case 'direct':
      return { kind, to: first, text: second };
    case 'login':
      return { kind, name: first, password: second };
    case 'setPassword':
      return { kind, password: first };
    case 'setName':
      return { kind, name: first };
    case 'help':
      return { kind, about: first === '' ? null : first };
    case 'who':
    case 'me':
      return { kind };
  }
}

export function toCompletion(raw: unknown[] | undefined): ChatCompletion | null {
  if (raw === undefined) return null;
  const [from, to, ...texts] = raw as [number, number, ...string[]];
  const choices = inRows<[text: string, hint: string]>(texts, 2);
  return { from, to, choices: choices.map(([text, hint]) => ({ text, hint })) };
}

export function toHelp(raw: unknown[]): { usage: string; help: string }[] {
  const rows = inRows<[usage: string, help: string]>(raw, 2);
  return rows.map(([usage, help]) => ({ usage, help }));
}
