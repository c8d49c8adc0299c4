/** What the status bar says. Pure: the clock comes in as a parameter. */
import type { Status } from 'collab-wasm';
import { refusal } from './refusals';

export type Tone = 'busy' | 'good' | 'warn' | 'bad';

export interface StatusText {
  tone: Tone;
  label: string;
  /** More about it, for a tooltip; empty if the label says all. */
  detail: string;
  /** Seconds until the next attempt; `null` if none is planned. */
  retryInSeconds: number | null;
  canRetry: boolean;
}

export const FAILED: StatusText = {
  tone: 'bad',
  label: 'Not loaded',
  detail: 'A part of the page could not be loaded.',
  retryInSeconds: null,
  canRetry: false,
};

/** `null` stands for a room that is still being loaded. */
export function statusText(status: Status | null, nowMs: number): StatusText {
  const plain = { detail: '', retryInSeconds: null, canRetry: false };
  switch (status?.phase) {
    case undefined:
    case 'connecting':
      return { ...plain, tone: 'busy', label: 'Connecting…' };
    case 'syncing':
      return { ...plain, tone: 'busy', label: 'Syncing…' };
    case 'synced':
      return { ...plain, ...synced(status) };
    case 'saved':
      return { ...plain, tone: 'good', label: 'Saved', detail: 'Everything is stored on the server.' };
    case 'offline':
      return { ...plain, ...offline(status, nowMs) };
    case 'refused':
      return { ...plain, ...refused(status) };
  }
}

function synced(status: Status): Pick<StatusText, 'tone' | 'label' | 'detail'> {
  if (!status.keeps) {
    return {
      tone: 'good',
      label: 'Synced',
      detail: 'Shared with everybody here. This server keeps nothing once all have left.',
    };
  }
  if (!status.storeOk) {
    return {
      tone: 'warn',
      label: `Synced, not saved${unsavedSuffix(status.unsaved)}`,
      detail: 'Everybody has your edits, but the server cannot store them at the moment.',
    };
  }
  return { tone: 'good', label: 'Synced', detail: 'Everybody has your edits; the server is storing them.' };
}

function refused(status: Status): Pick<StatusText, 'tone' | 'label' | 'detail'> {
  const { title } = refusal(status.error?.code);
  return { tone: 'bad', label: `Refused${unsavedSuffix(status.unsaved)}`, detail: title };
}

function offline(
  status: Status,
  nowMs: number,
): Pick<StatusText, 'tone' | 'label' | 'detail' | 'retryInSeconds' | 'canRetry'> {
  const seconds = status.retryAt === null ? null : Math.max(0, Math.ceil((status.retryAt - nowMs) / 1000));
  return {
    tone: 'warn',
    label: `Offline${unsavedSuffix(status.unsaved)}`,
    detail: 'Go on typing: your edits are kept and sent as soon as the connection is back.',
    retryInSeconds: seconds,
    canRetry: true,
  };
}

function unsavedSuffix(unsaved: number): string {
  if (unsaved === 0) return '';
  return unsaved === 1 ? ' · 1 unsaved edit' : ` · ${unsaved.toLocaleString('en')} unsaved edits`;
}

/**
 * What a screen reader hears. Going between synced and saved while typing is silence, and so are
 * counters that tick: `null` means "say nothing new".
 */
export function announcement(status: Status | null): string | null {
  switch (status?.phase) {
    case 'offline':
      return 'Offline. Your edits are kept and sent later.';
    case 'refused': {
      const { title, advice } = refusal(status.error?.code);
      return `${title}. ${advice}`;
    }
    case 'synced':
    case 'saved':
      return status.canWrite ? 'Connected.' : 'Connected. You may only read.';
    default:
      return null;
  }
}
