/** A string that only its own constructor may make; the brand exists for the compiler alone. */
export type Brand<Name extends string> = string & { readonly __brand: Name };

/** Names one pool for its life, whatever it is called. */
export type PoolId = Brand<'PoolId'>;
/** Names one member for its life: a rename or a new key keeps it. */
export type MemberId = Brand<'MemberId'>;
/** Names one stored DNS credential. */
export type CredentialId = Brand<'CredentialId'>;
/** Names one managed name of one pool. */
export type BindingId = Brand<'BindingId'>;
/** Names one promotion; made before it is recorded. */
export type PromotionId = Brand<'PromotionId'>;
/** Names this control plane in ownership marks (R18). */
export type InstanceId = Brand<'InstanceId'>;

/** Ids are 12 lower-case Crockford base-32 characters: 60 bits, and short enough for a mark (R18: at most 12). */
export const idLength = 12;
/** Crockford's base 32 in lower case: no `i`, `l`, `o`, `u`. */
export const idAlphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const idPattern = /^[0-9a-hjkmnp-tv-z]{12}$/;

/** Whether the text has the form of an id; whether there is such a thing is not asked. */
export function isId(text: string): boolean {
  return idPattern.test(text);
}

/** An id from `idLength` random bytes: the caller brings the randomness, core has none. */
export function idFromBytes<Id extends string>(bytes: Uint8Array): Id {
  let id = '';
  for (const byte of bytes.subarray(0, idLength)) id += idAlphabet[byte & 31];
  return id as Id;
}
