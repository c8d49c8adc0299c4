import { CollabError } from 'collab-wasm';
import type { Chat, ChatCommand, ChatPerson, ChatPlace } from 'collab-wasm/chat';
import { useCallback } from 'react';
import type { Account } from '../account/account';
import { AccountError } from '../account/api';
import type { Draft } from './Composer';
import type { NoticeContent } from './Notice';

interface Surroundings {
  chat: Chat;
  account: Account;
  place: ChatPlace;
  people: readonly ChatPerson[];
  onPlace: (place: ChatPlace) => void;
  onName: (name: string) => void;
  onNotice: (notice: NoticeContent | null) => void;
}

/** Why a line was not carried out, in words for people. */
class Misuse extends Error {}

/**
 * Carries out what was typed: messages, and the commands of `collab_core::command`. Returns whether
 * the line was taken; if not, a notice says why and it stays to be corrected.
 */
export function useCommands(around: Surroundings): (line: string, draft: Draft) => boolean {
  const { chat, account, place, people, onPlace, onName, onNotice } = around;
  return useCallback(
    (line, draft) => {
      onNotice(null);
      try {
        if (draft.kind === 'edit') chat.edit(place, draft.message.id, line.trim());
        else carryOut(chat.parse(line), draft, { chat, account, place, people, onPlace, onName, onNotice });
        return true;
      } catch (error) {
        onNotice({ text: reason(error), lines: [] });
        return false;
      }
    },
    [chat, account, place, people, onPlace, onName, onNotice],
  );
}

function carryOut(command: ChatCommand, draft: Draft, around: Surroundings): void {
  const { chat, account, place, people, onName, onNotice } = around;
  const say = (text: string): string => chat.say(place, text, draft.kind === 'reply' ? draft.message.id : undefined);
  switch (command.kind) {
    case 'say':
      return void say(command.text);
    case 'act':
      return void say(`/me ${command.text}`);
    case 'direct':
      return direct(command.to, command.text, around);
    case 'setName':
      return report(account.setName(command.name).then(() => onName(command.name)), `You are ${command.name} now.`, onNotice);
    case 'who':
      return onNotice({ text: 'Who is here', lines: people.map(({ name, self }) => ({ term: name, text: self ? 'you' : '' })) });
    case 'me':
      return onNotice({ text: `You are ${people.find(({ self }) => self)?.name ?? 'not known here yet'}.`, lines: [] });
    case 'help':
      return onNotice(helpOn(command.about, chat));
    case 'setPassword':
      return report(account.setPassword(command.password), 'Your account is kept: log in from elsewhere with /login.', onNotice);
    case 'login':
      return report(account.login(command.name, command.password), `You are ${command.name} now.`, onNotice);
    case 'wrong':
      throw new Misuse(command.text);
  }
}

function direct(to: string, text: string, { chat, people, onPlace }: Surroundings): void {
  const named = people.filter((person) => !person.self && person.name.toLowerCase() === to.toLowerCase());
  const users = new Set(named.map(({ user }) => user));
  const [user] = users;
  if (user === undefined) throw new Misuse(`Nobody here is called ${to}. /who shows who is here.`);
  if (users.size > 1) throw new Misuse(`More than one person here is called ${to}. Choose by the plus sign above.`);
  const place = chat.openDirect(user);
  if (text !== '') chat.say(place, text);
  onPlace(place);
}

function helpOn(about: string | null, chat: Chat): NoticeContent {
  const all = chat.help();
  const wanted = about === null ? all : all.filter(({ usage }) => usage.startsWith(`/${about.toLowerCase()}`));
  const lines = wanted.map(({ usage, help }) => ({ term: usage, text: help }));
  if (lines.length === 0) throw new Misuse(`No command /${about}; /help lists all.`);
  return { text: about === null ? 'Enter sends, Shift+Enter begins a new line. @name writes to one person.' : '', lines };
}

function report(done: Promise<void>, success: string, onNotice: Surroundings['onNotice']): void {
  done.then(
    () => onNotice({ text: success, lines: [] }),
    (error: unknown) => onNotice({ text: reason(error), lines: [] }),
  );
}

const REASONS: Partial<Record<string, string>> = {
  text_too_long: 'This message is too long.',
  read_only: 'You can read this chat but not write.',
};

function reason(error: unknown): string {
  if (error instanceof Misuse || error instanceof AccountError) return error.message;
  const known = error instanceof CollabError ? REASONS[error.code] : undefined;
  return known ?? 'That did not work.';
}
