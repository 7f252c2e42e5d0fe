import { type EventStream, type EventStreamHandlers, type OpenEventStream, openEventStream } from './event-stream.ts';

/*
 * A stream that is opened before there is anybody to hear it, so that the server reads while the browser still loads the page:
 *
 *   none ──begin──→ waiting (keeps what comes) ──the first open of that address──→ handed over ──→ none
 *                                             └──broken, nobody came for some seconds, or another address is opened: closed──→ none
 *
 * Whoever takes it over hears all that came, at once.
 */
export interface EarlyStream {
  begin(url: string, names: readonly string[]): void;
  readonly open: OpenEventStream;
}

interface Waiting {
  readonly url: string;
  readonly stream: EventStream;
  readonly messages: (readonly [name: string, text: string, id: string])[];
  heardBy: EventStreamHandlers | null;
}

/** Two messages come a second, and ages are counted from when they are heard: what is older is asked for anew. */
const mostKept = 8;

export function createEarlyStream(open: OpenEventStream): EarlyStream {
  let waiting: Waiting | null = null;

  return {
    begin(url, names) {
      const stream = open(url, names, {
        onMessage: (...message) => {
          if (begun.heardBy !== null) return begun.heardBy.onMessage(...message);
          if (begun.messages.push(message) <= mostKept) return;
          waiting = null;
          stream.close();
        },
        onBroken: () => {
          if (waiting === begun) waiting = null;
          begun.heardBy?.onBroken();
        },
      });
      const begun: Waiting = { url, stream, messages: [], heardBy: null };
      waiting = begun;
    },
    open(url, names, handlers) {
      const early = waiting;
      waiting = null;
      if (early?.url !== url) {
        early?.stream.close();
        return open(url, names, handlers);
      }
      early.heardBy = handlers;
      for (const message of early.messages) handlers.onMessage(...message);
      return early.stream;
    },
  };
}

/** Of this page. */
export const earlyStream: EarlyStream = createEarlyStream(openEventStream);
