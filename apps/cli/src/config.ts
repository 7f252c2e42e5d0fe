import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@serverctl/core';

/** Where the control plane is and how we prove who we are. Flag > environment > default (STYLE.md). */
export interface CliConfig {
  readonly url: string;
  readonly token: string;
  /** True when colours may be used: a terminal, and NO_COLOR is not set. */
  readonly colour: boolean;
}

export interface CliFlags {
  readonly url?: string;
  readonly tokenFile?: string;
}

const defaultUrl = 'http://127.0.0.1:7400';

export function readConfig(flags: CliFlags, environment = process.env): CliConfig {
  return {
    url: flags.url ?? environment['SERVERCTL_URL'] ?? defaultUrl,
    token: readToken(flags, environment),
    colour: process.stdout.isTTY === true && environment['NO_COLOR'] === undefined,
  };
}

/** The token itself comes from the environment or a file, never from an argument that `ps` would show. */
function readToken(flags: CliFlags, environment: NodeJS.ProcessEnv): string {
  const direct = environment['SERVERCTL_TOKEN'];
  if (flags.tokenFile === undefined && direct !== undefined) return direct.trim();
  const chosen = flags.tokenFile ?? environment['SERVERCTL_TOKEN_FILE'];
  const places = chosen === undefined ? defaultTokenFiles(environment) : [chosen];
  for (const place of places) {
    try {
      return readFileSync(place, 'utf8').trim();
    } catch {
      // Not there or not ours to read: the next place, or the error below names them all.
    }
  }
  throw new AppError('token_missing', { lookedIn: places });
}

function defaultTokenFiles(environment: NodeJS.ProcessEnv): readonly string[] {
  const state = environment['XDG_STATE_HOME'] ?? join(homedir(), '.local/state');
  const directories = [environment['SERVERCTL_DATA_DIR'], '/var/lib/serverctl', join(state, 'serverctl')];
  return directories.filter((directory) => directory !== undefined).map((directory) => join(directory, 'admin-token'));
}
