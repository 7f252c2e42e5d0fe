import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** One file that never changes at its address. */
export interface DashboardFile {
  readonly type: string;
  readonly body: Buffer;
  /** Null where compressing it gains nothing. */
  readonly gzip: Buffer | null;
}

/** The built dashboard. What is not there is null: it may be built while we run. */
export interface DashboardFiles {
  index(): Promise<Buffer | null>;
  /** By the name of its file, which carries the hash of its content. */
  asset(name: string): Promise<DashboardFile | null>;
}

/** Where script/package-dashboard puts it in this checkout. */
const ownDirectory = join(import.meta.dirname, '../../../../dist/dashboard');

const types: Readonly<Record<string, { readonly type: string; readonly isText: boolean }>> = {
  '.js': { type: 'text/javascript; charset=utf-8', isText: true },
  '.css': { type: 'text/css; charset=utf-8', isText: true },
  '.svg': { type: 'image/svg+xml', isText: true },
  '.woff2': { type: 'font/woff2', isText: false },
};
/** As Vite names them: nothing in it leads out of the folder. */
const assetName = /^[\w-]+(\.[\w-]+)+$/;

/** Files are read when they are first asked for and kept: some 600 KB, and as much again of those that a newer build replaced. */
export function createDashboardFiles(directory = ownDirectory): DashboardFiles {
  const kept = new Map<string, DashboardFile>();
  return {
    index: () => readOrNull(join(directory, 'index.html')),
    async asset(name) {
      const known = kept.get(name);
      if (known !== undefined) return known;
      const kind = assetName.test(name) ? types[extname(name)] : undefined;
      const body = kind === undefined ? null : await readOrNull(join(directory, 'assets', name));
      if (kind === undefined || body === null) return null;
      const file = { type: kind.type, body, gzip: kind.isText ? await promisify(gzip)(body) : null };
      kept.set(name, file);
      return file;
    },
  };
}

async function readOrNull(path: string): Promise<Buffer | null> {
  return readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  });
}
