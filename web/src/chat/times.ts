/** Times and days, in words of the reader's language. */

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const WHOLE = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

export const timeOfDay = (at: number): string => TIME.format(at);
export const wholeTime = (at: number): string => WHOLE.format(at);

/** "Today" where it is so at `now`, else weekday and date. */
export function dayName(at: number, now: number): string {
  return new Date(at).toDateString() === new Date(now).toDateString() ? 'Today' : DAY.format(at);
}
