/*
 * A link's secret stands behind `#`, which no browser sends. It is read once, kept in memory for this page alone, and taken out of the address
 * and the history, so that nobody who comes to this browser later finds it there.
 */

let taken = '';

/** The secret of the link that was opened last in this page; empty = there is none. */
export function takeSecret(): string {
  const behind = location.hash.slice(1);
  if (behind !== '') {
    taken = decoded(behind);
    history.replaceState(history.state, '', location.pathname);
  }
  return taken;
}

/** A used link is of no use to anybody. */
export function forgetSecret(): void {
  taken = '';
}

/** What is no valid encoding is no secret of ours either. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text).trim();
  } catch {
    return '';
  }
}
