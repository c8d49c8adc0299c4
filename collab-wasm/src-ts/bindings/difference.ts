/** The smallest single replacement that makes one text another. */
import type { DeltaOp, Splice } from '../types.js';

/**
 * `caret` is where the user's caret stands in `after`: of several replacements with the same
 * result ("a" typed into "aaa"), the one that ends there is what they did.
 */
export function replacement(
  before: string,
  after: string,
  caret = after.length,
): Splice | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  const behindCaret = Math.min(after.length - caret, shorter);
  let suffix = commonSuffix(before, after, behindCaret);
  const prefix = commonPrefix(before, after, shorter - suffix);
  suffix = commonSuffix(before, after, shorter - prefix);
  const delete_ = before.length - prefix - suffix;
  return { at: prefix, delete: delete_, insert: after.slice(prefix, after.length - suffix) };
}

/** The same as a delta; empty if the texts are equal. */
export function difference(before: string, after: string): DeltaOp[] {
  const splice = replacement(before, after);
  if (splice === undefined) return [];
  const delta: DeltaOp[] = [];
  if (splice.at > 0) delta.push({ retain: splice.at });
  if (splice.insert !== '') delta.push({ insert: splice.insert });
  if (splice.delete > 0) delta.push({ delete: splice.delete });
  return delta;
}

function commonPrefix(a: string, b: string, max: number): number {
  let length = 0;
  while (length < max && a.charCodeAt(length) === b.charCodeAt(length)) length += 1;
  // Never half a surrogate pair.
  return isHighSurrogate(a, length - 1) || isHighSurrogate(b, length - 1) ? length - 1 : length;
}

function commonSuffix(a: string, b: string, max: number): number {
  let length = 0;
  while (
    length < max &&
    a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)
  ) {
    length += 1;
  }
  return isLowSurrogate(a, a.length - length) || isLowSurrogate(b, b.length - length)
    ? length - 1
    : length;
}

function isHighSurrogate(text: string, at: number): boolean {
  return at >= 0 && (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

function isLowSurrogate(text: string, at: number): boolean {
  return at < text.length && (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}
