import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@serverctl/core';

const keyBytes = 32;
const fileName = 'master.key';

export interface MasterKeySource {
  /** From the environment, a systemd credential or a file of the operator's (SERVERCTL_MASTER_KEY, …_FILE); null = the data directory's own. */
  readonly given: Buffer | null;
  readonly dataDir: string;
}

/** The master key (R38), made in the data directory when new. Outside the database, so that a stolen dump opens nothing. Throws `setting_invalid`. */
export async function openMasterKey({ given, dataDir }: MasterKeySource): Promise<Buffer> {
  if (given !== null) return given;
  const path = join(dataDir, fileName);
  if (!(await stat(path).catch(() => null))) await makeKeyFile(path);
  return readKeyFile(path);
}

async function readKeyFile(path: string): Promise<Buffer> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new AppError('setting_invalid', { fields: [`${path}: the master key cannot be read`] }, cause);
  });
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0)
    throw new AppError('setting_invalid', { fields: [`${path}: others may read it; make its mode 0400`] });
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== keyBytes)
    throw new AppError('setting_invalid', { fields: [`${path}: it holds no 32 bytes in base64`] });
  return key;
}

/** Written and synced beside its place, then linked: of two that make it at once one wins, and none reads half a key. */
async function makeKeyFile(path: string): Promise<void> {
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    {
      await using file = await open(draft, 'wx', 0o400);
      await file.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`);
      await file.sync();
    }
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await using directory = await open(dirname(path));
    await directory.sync();
  } catch (cause) {
    throw new AppError('data_directory_unusable', { path, because: 'the master key cannot be written there' }, cause);
  } finally {
    await rm(draft, { force: true });
  }
}
