import { useState } from 'react';

/** The newest announcement; `null` leaves the last one standing, so nothing is read out twice. */
export function useLastSaid(next: string | null): string {
  const [said, setSaid] = useState(next ?? '');
  if (next !== null && next !== said) setSaid(next);
  return said;
}
