let gone = false;

/**
 * `serverctl … | head`: a reader that has enough closes the pipe. What a command does is done all the same, with its own exit code; only
 * the words are lost.
 */
export function outliveReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!isClosedPipe(error)) throw error;
    gone = true;
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (!isClosedPipe(error)) throw error;
  });
}

/** Whether nobody reads any more: what prints without an end is at its end. */
export function readerIsGone(): boolean {
  return gone;
}

function isClosedPipe({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}
