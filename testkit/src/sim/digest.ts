/** A running hash of everything that happened: two runs of one seed are the same if theirs are. Not a secure one. */
export class Digest {
  #state = 0x811c9dc5;
  #second = 0x9e3779b9;
  readonly #words = new Map<string, number>();
  readonly #double = new Float64Array(1);
  readonly #halves = new Uint32Array(this.#double.buffer);

  number(value: number): void {
    this.#double[0] = value;
    this.#mix(this.#halves[0] ?? 0);
    this.#mix(this.#halves[1] ?? 0);
  }

  word(text: string): void {
    let hash = this.#words.get(text);
    if (hash === undefined) {
      hash = hashOf(text);
      if (this.#words.size < 10_000) this.#words.set(text, hash);
    }
    this.#mix(hash);
  }

  /** 16 hexadecimal digits. */
  text(): string {
    const half = (value: number) => (value >>> 0).toString(16).padStart(8, '0');
    return half(this.#state) + half(this.#second);
  }

  #mix(value: number): void {
    this.#state = Math.imul(this.#state ^ value, 0x01000193);
    this.#second = Math.imul(this.#second ^ (value + (this.#state >>> 15)), 0x85ebca6b);
  }
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
