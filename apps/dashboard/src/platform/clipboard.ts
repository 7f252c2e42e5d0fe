export type CopyOutcome = 'copied' | 'refused';

interface WithClipboard {
  /** Not there at all on a page over plain HTTP, whatever its type says. */
  readonly clipboard?: Pick<Clipboard, 'writeText'>;
}

/** Takes a text along. A browser that refuses, or has no clipboard, is an outcome and no failure. */
export async function copyText(text: string, from: WithClipboard = navigator): Promise<CopyOutcome> {
  if (from.clipboard === undefined) return 'refused';
  return from.clipboard.writeText(text).then(
    () => 'copied',
    () => 'refused',
  );
}
