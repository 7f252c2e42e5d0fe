import { WireError } from './wire-error.ts';

/** A D-Bus type, parsed (specification, "Type System"). */
export type WireType =
  | { readonly code: BasicCode | 'v' }
  | { readonly code: 'a'; readonly element: WireType }
  | { readonly code: '(' | '{'; readonly fields: readonly WireType[] };

export type BasicCode = (typeof basicCodes)[number];
const basicCodes = ['y', 'b', 'n', 'q', 'i', 'u', 'x', 't', 'd', 's', 'o', 'g', 'h'] as const;

/** What a value looks like here. 64-bit integers are bigint; a dictionary is an array of `[key, value]`. */
export type WireValue = number | bigint | string | boolean | readonly WireValue[] | WireVariant;

export interface WireVariant {
  readonly signature: string;
  readonly value: WireValue;
}

const longestSignature = 255;
const deepestNesting = 32;

/** Each value starts at a multiple of this many bytes. */
export const alignment: Readonly<Record<WireType['code'], number>> = {
  y: 1,
  g: 1,
  v: 1,
  n: 2,
  q: 2,
  b: 4,
  i: 4,
  u: 4,
  s: 4,
  o: 4,
  h: 4,
  a: 4,
  x: 8,
  t: 8,
  d: 8,
  '(': 8,
  '{': 8,
};

/** The types of a signature, in order. Throws WireError for anything the specification forbids. */
export function parseSignature(signature: string): WireType[] {
  if (signature.length > longestSignature) throw new WireError('a signature is longer than 255');
  const types: WireType[] = [];
  let at = 0;
  while (at < signature.length) {
    const [type, next] = parseType(signature, at, 0);
    types.push(type);
    at = next;
  }
  return types;
}

/** One complete type, as a variant holds it. */
export function parseSingleType(signature: string): WireType {
  const [first, ...others] = parseSignature(signature);
  if (first === undefined || others.length > 0) throw new WireError('a variant holds exactly one type');
  return first;
}

function parseType(signature: string, at: number, depth: number): [WireType, number] {
  if (depth > deepestNesting) throw new WireError('a signature is nested too deeply');
  const code = signature[at];
  if (code === 'v') return [{ code }, at + 1];
  if (isBasic(code)) return [{ code }, at + 1];
  if (code === '(') return parseFields(signature, at, depth);
  if (code !== 'a') throw new WireError(`a signature has no type at ${at}`);
  const [element, next] =
    signature[at + 1] === '{' ? parseFields(signature, at + 1, depth + 1) : parseType(signature, at + 1, depth + 1);
  return [{ code, element }, next];
}

/** A struct `(…)`, or a dictionary's entry `{kv}`, which exists only inside an array. */
function parseFields(signature: string, start: number, depth: number): [WireType, number] {
  const isEntry = signature[start] === '{';
  const end = isEntry ? '}' : ')';
  const fields: WireType[] = [];
  let at = start + 1;
  while (signature[at] !== end) {
    const [field, next] = parseType(signature, at, depth + 1);
    fields.push(field);
    at = next;
  }
  if (fields.length === 0) throw new WireError('a struct has no field');
  if (isEntry && (fields.length !== 2 || !isBasic(fields[0]?.code))) throw new WireError('not a dictionary entry');
  return [{ code: isEntry ? '{' : '(', fields }, at + 1];
}

function isBasic(code: string | undefined): code is BasicCode {
  return (basicCodes as readonly (string | undefined)[]).includes(code);
}
