export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Words for the operator. Never given a secret, a token or a key. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

type Level = 'info' | 'warn' | 'error';
/** sd-daemon(3): what the journal reads as a line's priority. */
const journalPriority: Readonly<Record<Level, string>> = { info: '<6>', warn: '<4>', error: '<3>' };

/** One line an entry; warnings and errors go to standard error. The journal keeps time and priority itself. */
export function createLog(underJournal: boolean): Log {
  // A closed or broken output must not end the heartbeats.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const line = (level: Level, message: string, fields: LogFields = {}) => {
    const start = underJournal ? journalPriority[level] : `${new Date().toISOString()} ${level} `;
    const details = Object.entries(fields).map(([name, value]) => ` ${name}=${quoted(value)}`);
    return `${start}${oneLine(message)}${details.join('')}\n`;
  };
  return {
    info: (message, fields) => void process.stdout.write(line('info', message, fields)),
    warn: (message, fields) => void process.stderr.write(line('warn', message, fields)),
    error: (message, fields) => void process.stderr.write(line('error', message, fields)),
  };
}

/** Only what is plain stays unquoted: a reply of the control plane must not be able to forge a second line or field. */
function quoted(value: string | number | boolean | null): string {
  return typeof value === 'string' && !/^[\w.:/@+-]+$/.test(value) ? JSON.stringify(value) : String(value);
}

function oneLine(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return message.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
