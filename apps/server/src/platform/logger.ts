import { type DestinationStream, type Logger, pino } from 'pino';

/** Keys whose values are never written, wherever they stand up to three levels deep (R38). The code does not log them; this is the net. */
const secretKeys = ['secret', 'token', 'authorization', 'password', 'masterKey', 'connectionString', 'databaseUrl'];
const paths = secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

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
      serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
    },
    destination,
  );
}
