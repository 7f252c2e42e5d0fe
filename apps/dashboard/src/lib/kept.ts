/**
 * What a person chose, kept in this browser. Where it blocks that, every use of its storage throws: then a choice holds for the page that is
 * open, and nothing else depends on it.
 */
const ofThisPage = new Map<string, string>();

export const kept = {
  read(key: string): string | null {
    try {
      return localStorage.getItem(key);
    } catch {
      return ofThisPage.get(key) ?? null;
    }
  },
  /** Null = forgotten. */
  write(key: string, value: string | null): void {
    if (value === null) ofThisPage.delete(key);
    else ofThisPage.set(key, value);
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // Blocked, or full: it is kept above.
    }
  },
};
