/** A string that only its own constructor may make; the brand exists for the compiler alone. */
export type Brand<Name extends string> = string & { readonly __brand: Name };

export type PoolId = Brand<'PoolId'>;
export type MemberId = Brand<'MemberId'>;
export type CredentialId = Brand<'CredentialId'>;
export type BindingId = Brand<'BindingId'>;
export type PromotionId = Brand<'PromotionId'>;
/** Names this control plane in ownership marks (R18). */
export type InstanceId = Brand<'InstanceId'>;

/** Ids are 12 lower-case Crockford base-32 characters: 60 bits, and short enough for a mark (R18: at most 12). */
export const idLength = 12;
export const idAlphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const idPattern = /^[0-9a-hjkmnp-tv-z]{12}$/;

export function isId(text: string): boolean {
  return idPattern.test(text);
}

/** An id from `idLength` random bytes: the caller brings the randomness, core has none. */
export function idFromBytes<Id extends string>(bytes: Uint8Array): Id {
  let id = '';
  for (const byte of bytes.subarray(0, idLength)) id += idAlphabet[byte & 31];
  return id as Id;
}
