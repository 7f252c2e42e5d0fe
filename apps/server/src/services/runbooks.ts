import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EventKind, runbookOf } from '@serverctl/core';

/** What to do, for whoever is paged: the pages of docs/runbooks, at hand where the notice comes from. */
export interface Runbooks {
  /** A page by the name of its file; null = there is none. */
  page(name: string): string | null;
  /** Where a notice of this kind sends its reader: our own address, or the page's place in the documentation where we do not have it. */
  linkOf(kind: EventKind): string;
}

export interface RunbookOptions {
  /** Where people reach us; empty = nobody said. */
  readonly publicUrl: string;
  readonly directory?: string;
}

const ownDirectory = join(import.meta.dirname, '../../../../docs/runbooks');
const pageName = /^[a-z-]+\.md$/;

/** Reads all pages now: what is asked for later is a key of this list and never a path. An installation without documentation has none. */
export function openRunbooks({ publicUrl, directory = ownDirectory }: RunbookOptions): Runbooks {
  const pages = new Map(namesIn(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
  return {
    page: (name) => pages.get(name) ?? null,
    linkOf(kind) {
      const place = runbookOf(kind);
      const name = place.replace(/^docs\/runbooks\//, '');
      return publicUrl !== '' && pages.has(name) ? `${publicUrl}/runbooks/${name}` : place;
    },
  };
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => pageName.test(name));
  } catch {
    return [];
  }
}
