let gone = false;

/**
 * `serverctl … | head`: a reader that has enough closes the pipe. What a command does is done all the same, with its own exit code; only
 * the words are lost. Anything else that keeps them from being written, a full disk, is `failed`: half a file must not be taken for all.
 */
export function outliveReader(failed: (error: Error) => void): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!gone && !isClosedPipe(error)) failed(new Error(`Standard output cannot be written: ${error.message}.`));
    gone = true;
  });
  process.stderr.on('error', () => undefined); // there is nowhere left to tell it; the exit code does
}

/** Whether nobody reads any more, or nothing more can be written: what prints without an end is at its end. */
export function readerIsGone(): boolean {
  return gone;
}

function isClosedPipe({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}
