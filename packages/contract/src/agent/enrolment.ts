/** `POST /agent/v1/enrol`: the secret is consumed, the host's public key is kept (R34). */
export interface EnrolRequest {
  readonly protocol: number;
  /** The one-time secret, base64url, 256 bit. Never in a URL or an argument. */
  readonly secret: string;
  /** The host's fully qualified name as the host says it. */
  readonly hostname: string;
  /** Raw Ed25519 public key, base64url, 32 bytes. The private half never leaves the host. */
  readonly publicKey: string;
  readonly agentVersion: string;
}

/** What the agent keeps with its key: who it is, and where its control plane is. */
export interface EnrolReply {
  readonly memberId: string;
  readonly poolName: string;
  /** Further addresses of the control plane that the agent may use, in order; the one it enrolled at comes first. */
  readonly urls: readonly string[];
}

/** `POST /agent/v1/nonce`: what the key must sign; single use, 30 s. */
export interface NonceRequest {
  readonly memberId: string;
}
/** A nonce of ours as text, to be signed once. */
export interface NonceReply {
  readonly nonce: string;
}

/**
 * `POST /agent/v1/token`: the key proves itself over our nonce (R35).
 * The signature is Ed25519 over the UTF-8 bytes of `tokenProofText(nonce, memberId, boot)`.
 */
export interface TokenRequest {
  readonly protocol: number;
  readonly memberId: string;
  readonly nonce: string;
  readonly signature: string;
  /** Null at an agent's start: a new boot number is issued. Otherwise the one it has: the token is renewed within it. */
  readonly boot: number | null;
  /**
   * With `boot` null: the boot in which this same run of the agent was told that a newer one exists. A start never has one, so two hosts
   * that use one key, taking boots from each other in turn, can be told from a host that starts often (R35).
   */
  readonly superseded?: number | null;
}
/** The session token of one boot (R35). */
export interface TokenReply {
  readonly token: string;
  /** At most 900. The agent renews at two thirds of it. */
  readonly expiresInSeconds: number;
  readonly boot: number;
}

/** The text whose signature proves the key; one function so that both sides sign the same bytes. */
export function tokenProofText(nonce: string, memberId: string, boot: number | null): string {
  return `serverctl token v1\n${nonce}\n${memberId}\n${boot ?? 'new'}`;
}
