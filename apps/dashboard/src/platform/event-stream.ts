/** One stream of server-sent events, until it breaks or is closed. It never connects again by itself. */
export interface EventStream {
  close(): void;
}

export interface EventStreamHandlers {
  /** The name of a message, its text, and its id, which is empty where none was given yet. */
  readonly onMessage: (name: string, text: string, id: string) => void;
  readonly onBroken: () => void;
}

export type OpenEventStream = (url: string, names: readonly string[], handlers: EventStreamHandlers) => EventStream;

/** By the browser's EventSource, whose own reconnecting is cut off: it says neither why nor when it tries again. */
export const openEventStream: OpenEventStream = (url, names, { onMessage, onBroken }) => {
  const source = new EventSource(url);
  for (const name of names) {
    source.addEventListener(name, (message) => onMessage(name, String(message.data), message.lastEventId));
  }
  source.addEventListener('error', () => {
    source.close();
    onBroken();
  });
  return { close: () => source.close() };
};
