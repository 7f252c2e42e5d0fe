import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { join } from 'node:path';
import { AgentFailure } from './errors.ts';
import { isObject } from './replies.ts';
import { makeStateDirectory, readFileIfThere, removeEmptyDirectory, removeFile, replaceFile } from './state-files.ts';
import { certificatesOf } from './trust.ts';

/*
 * Who this host is to the control plane, and whom it trusts to be that. Files of the state directory:
 *
 *   key-<fingerprint>.pem   the Ed25519 private key, made here, never sent (R34)
 *   ca-<fingerprint>.pem    the CA given at enrolment, the only one that is trusted then; not there when none was given
 *   agent.json              member, addresses, declared names, and the names of these files
 *
 * A new key and CA are laid down, durable, before the enrolment is asked for; agent.json then names both in one atomic
 * replace, and only after that the old ones go. So at every instant there is one whole identity or none.
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
  /** The same of the other family; null too in an enrolment of before it could be declared. */
  readonly publicIpv6: string | null;
  readonly keyFile: string;
  /** Null = no CA was given at enrolment: those of the host count. */
  readonly caFile: string | null;
}

/** A whole identity: who this host is, and the proof. */
export interface Identity {
  readonly config: AgentConfig;
  /** The only CA that is trusted, PEM; null = those of the host. */
  readonly ca: string | null;
  /** Signs with the key of this identity; the private half stays inside. Ed25519 over the UTF-8 bytes, base64url. */
  readonly sign: (text: string) => string;
}

/** What an identity is made of before it is one. */
export interface LaidDown {
  /** Raw 32 bytes, base64url, as the enrolment sends it. */
  readonly publicKey: string;
  readonly keyFile: string;
  readonly caFile: string | null;
  /** Takes it back, after an enrolment that failed: a directory that was made for it goes as well. */
  discard(): Promise<void>;
}

const configFile = 'agent.json';

/** Makes a key and lays it down with the CA. Whoever gives up afterwards calls `discard`. */
export async function layDown(directory: string, ca: string | null): Promise<LaidDown> {
  const former = await readConfig(directory).catch(() => null);
  const isNewDirectory = await makeStateDirectory(directory);
  const pair = generateKeyPairSync('ed25519');
  const publicKey = pair.publicKey.export({ format: 'jwk' })['x'] as string;
  const keyFile = `key-${fingerprint(Buffer.from(publicKey, 'base64url'))}.pem`;
  const caFile = ca === null ? null : `ca-${fingerprint(ca)}.pem`;
  async function discard(): Promise<void> {
    await removeFile(join(directory, keyFile));
    if (caFile !== null && caFile !== former?.caFile) await removeFile(join(directory, caFile));
    if (isNewDirectory) await removeEmptyDirectory(directory);
  }
  try {
    await replaceFile(join(directory, keyFile), pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    if (ca !== null && caFile !== null) await replaceFile(join(directory, caFile), ca);
  } catch (error) {
    await discard();
    throw error;
  }
  return { publicKey, keyFile, caFile, discard };
}

function fingerprint(of: string | Buffer): string {
  return createHash('sha256').update(of).digest('hex').slice(0, 16);
}

/** From here on the agent is this member; the key and the CA from before are removed. */
export async function adoptIdentity(directory: string, config: AgentConfig): Promise<void> {
  const former = await readConfig(directory).catch(() => null);
  await replaceFile(join(directory, configFile), `${JSON.stringify(config, null, 2)}\n`);
  if (former === null) return;
  if (former.keyFile !== config.keyFile) await removeFile(join(directory, former.keyFile));
  if (former.caFile !== null && former.caFile !== config.caFile) await removeFile(join(directory, former.caFile));
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
  if (config === null || !isWanted(config)) return null;
  return { config, sign: await loadSigner(directory, config), ca: await loadCa(directory, config) };
}

/** A CA that is not whole is never replaced by another trust: somebody may have removed it for that (R37). */
async function loadCa(directory: string, { caFile }: AgentConfig): Promise<string | null> {
  if (caFile === null) return null;
  const text = await readFileIfThere(directory, caFile);
  const ca = text === null ? null : certificatesOf(text);
  if (ca === null) throw new AgentFailure('state_unusable', `The CA ${join(directory, caFile)} is missing or damaged.`);
  return ca;
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
  const { memberId, poolName, urls, hostname, publicIpv4, publicIpv6, keyFile, caFile = null } = parsed;
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (!isText(memberId) || !isText(poolName) || !isText(keyFile) || !/^key-[0-9a-f]+\.pem$/.test(keyFile)) return null;
  if (caFile !== null && !(isText(caFile) && /^ca-[0-9a-f]+\.pem$/.test(caFile))) return null;
  if (!Array.isArray(urls) || urls.length === 0 || !urls.every(isText)) return null;
  return {
    memberId,
    poolName,
    urls,
    keyFile,
    caFile,
    hostname: isText(hostname) ? hostname : null,
    publicIpv4: isText(publicIpv4) ? publicIpv4 : null,
    publicIpv6: isText(publicIpv6) ? publicIpv6 : null,
  };
}
