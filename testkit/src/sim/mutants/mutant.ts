/** One deliberate bug (ADR 0016): the simulator must find it. */
export interface Mutant {
  /** kebab-case, unique. */
  readonly name: string;
  /** What the product does wrong then. */
  readonly breaks: string;
  /**
   * Kinds of faults that its worlds are made of, where the bug shows only in one that is rare; all when left out. The product without the
   * bug is judged in the same world.
   */
  readonly faults?: readonly string[];
  /** More than one where the product is wrong only when two fences are down. */
  readonly patches: readonly Patch[];
}

/** One change of one source file. */
export interface Patch {
  /** The product's file, from the root of the repository. */
  readonly file: string;
  /** A piece of it that stands there exactly once, and what stands there instead. */
  readonly piece: string;
  readonly replacement: string;
}
