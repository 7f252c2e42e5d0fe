import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { join } from 'node:path';
import { AgentFailure } from './errors.ts';
import { isObject } from './replies.ts';
import { makeStateDirectory, readFileIfThere, removeFile, replaceFile } from './state-files.ts';

/*
 * Who this host is to the control plane. Two files of the state directory:
 *
 *   key-<fingerprint>.pem   the Ed25519 private key, made here, never sent (R34)
 *   agent.json              member, addresses, declared names, and the name of the key file
 *
 * A new key is laid down, durable, before its enrolment is asked for; agent.json then names it in one atomic
 * replace, and only after that the old key goes. So at every instant there is one whole identity or none.
 */
export interface AgentConfig {
  readonly memberId: string;
  readonly poolName: string;
  /** In the order of preference. */
  readonly urls: readonly string[];
  /** Declared at enrolment; null = the host's own name, asked each time. */
  readonly hostname: string | null;
  /** Declared at enrolment; null = the control plane uses what it sees. */
  readonly publicIpv4: string | null;
  readonly keyFile: string;
}

/** A whole identity: who this host is, and the proof. */
export interface Identity {
  readonly config: AgentConfig;
  /** Signs with the key of this identity; the private half stays inside. Ed25519 over the UTF-8 bytes, base64url. */
  readonly sign: (text: string) => string;
}

export interface HostKey {
  /** Raw 32 bytes, base64url, as the enrolment sends it. */
  readonly publicKey: string;
  readonly keyFile: string;
}

const configFile = 'agent.json';

/** Makes a key and lays it down. Whoever gives up afterwards removes it by `discardKey`. */
export async function makeKey(directory: string): Promise<HostKey> {
  await makeStateDirectory(directory);
  const pair = generateKeyPairSync('ed25519');
  const publicKey = pair.publicKey.export({ format: 'jwk' })['x'] as string;
  const fingerprint = createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex').slice(0, 16);
  const keyFile = `key-${fingerprint}.pem`;
  await replaceFile(join(directory, keyFile), pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  return { publicKey, keyFile };
}

export async function discardKey(directory: string, keyFile: string): Promise<void> {
  await removeFile(join(directory, keyFile));
}

/** From here on the agent is this member; the key it was before is removed. */
export async function adoptIdentity(directory: string, config: AgentConfig): Promise<void> {
  const former = await readConfig(directory).catch(() => null);
  await replaceFile(join(directory, configFile), `${JSON.stringify(config, null, 2)}\n`);
  if (former !== null && former.keyFile !== config.keyFile) await discardKey(directory, former.keyFile);
}

/** The present identity, or null when this host is not enrolled. */
export async function readConfig(directory: string): Promise<AgentConfig | null> {
  const text = await readFileIfThere(directory, configFile);
  if (text === null) return null;
  const config = parseConfig(text);
  if (config === null) throw new AgentFailure('state_unusable', `${join(directory, configFile)} is damaged.`);
  return config;
}

/** The present identity with its key, or null when there is none or it is not wanted. Throws AgentFailure `state_unusable`. */
export async function loadIdentity(
  directory: string,
  isWanted: (config: AgentConfig) => boolean = () => true,
): Promise<Identity | null> {
  const config = await readConfig(directory);
  return config === null || !isWanted(config) ? null : { config, sign: await loadSigner(directory, config) };
}

async function loadSigner(directory: string, config: AgentConfig): Promise<Identity['sign']> {
  const pem = await readFileIfThere(directory, config.keyFile);
  const key = pem === null ? null : parseKey(pem);
  if (key === null) {
    throw new AgentFailure('state_unusable', `The key ${join(directory, config.keyFile)} is missing or damaged.`);
  }
  return (text) => sign(null, Buffer.from(text, 'utf8'), key).toString('base64url');
}

function parseKey(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

function parseConfig(text: string): AgentConfig | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(parsed)) return null;
  const { memberId, poolName, urls, hostname, publicIpv4, keyFile } = parsed;
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (!isText(memberId) || !isText(poolName) || !isText(keyFile) || !/^key-[0-9a-f]+\.pem$/.test(keyFile)) return null;
  if (!Array.isArray(urls) || urls.length === 0 || !urls.every(isText)) return null;
  return {
    memberId,
    poolName,
    urls,
    keyFile,
    hostname: isText(hostname) ? hostname : null,
    publicIpv4: isText(publicIpv4) ? publicIpv4 : null,
  };
}
