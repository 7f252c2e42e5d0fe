import type { LiveMessages } from '@serverctl/contract';

/** How soon a browser whose stream broke connects again. */
export const reconnectText = 'retry: 1000\n\n';

/** One message as it goes out. With an id: where a stream that broke goes on (Last-Event-ID). */
export function messageText<Name extends keyof LiveMessages>(
  name: Name,
  data: LiveMessages[Name],
  id: number | null = null,
): string {
  return framed(name, JSON.stringify(data), id);
}

/** The same for JSON that was made once for several readers. It has no line break: JSON escapes those in its strings. */
export function framed(name: keyof LiveMessages, json: string, id: number | null = null): string {
  return `${id === null ? '' : `id: ${id}\n`}event: ${name}\ndata: ${json}\n\n`;
}
