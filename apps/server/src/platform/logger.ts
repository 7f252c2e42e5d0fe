import { type DestinationStream, type Logger, pino } from 'pino';

/** Keys whose values are never written, up to three levels deep (R38). The code does not log them; this is the net. */
const secretKeys = ['secret', 'token', 'authorization', 'password', 'masterKey', 'connectionString', 'databaseUrl'];
const paths = secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
const deepestCause = 3;

/** The server's log: JSON lines on standard error, so that standard output keeps its few lines for people and scripts. */
export function createLogger(
  level: string,
  destination: DestinationStream = pino.destination({ dest: 2, sync: false }),
): Logger {
  return pino(
    {
      level,
      base: null,
      redact: { paths, censor: '(secret)' },
      // Both names are in use; without a serializer an Error is written as {}.
      serializers: { err: errorFields, error: errorFields },
    },
    destination,
  );
}

/** What is known to be safe and useful of an error. Drivers hang whole connections on theirs, so nothing else is taken. */
export function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { code, details, syscall } = error as {
    readonly code?: unknown;
    readonly details?: unknown;
    readonly syscall?: unknown;
  };
  return {
    type: error.name,
    message: error.message,
    ...(code !== undefined && { code }),
    ...(syscall !== undefined && { syscall }),
    ...(details !== undefined && { details }),
    stack: error.stack,
    ...(error.cause !== undefined && depth < deepestCause && { cause: errorFields(error.cause, depth + 1) }),
  };
}
