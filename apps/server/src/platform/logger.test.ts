import { AppError } from '@serverctl/core';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLogger('trace', { write: (line: string) => void lines.push(line) }));
  return JSON.parse(lines.join('')) as Record<string, unknown>;
}

test('an error is written with its cause and the words that tell them, and nothing that a driver hung on it', () => {
  const cause = Object.assign(new Error('terminated'), { code: '57P01', client: { password: 'canary', host: 'db' } });
  const line = logged((log) =>
    log.error({ err: new AppError('database_unavailable', { because: '57P01' }, cause) }, 'x'),
  );
  expect(line).toMatchObject({
    err: {
      type: 'AppError',
      code: 'database_unavailable',
      details: { because: '57P01' },
      cause: { code: '57P01', message: 'terminated' },
    },
  });
  expect(JSON.stringify(line)).not.toMatch(/canary|"host"/);
});

test('secrets are masked by their names, at the top and below (R38)', () => {
  const line = logged((log) =>
    log.info({ token: 'canary', settings: { secret: 'canary', key: { password: 'canary' } } }, 'x'),
  );
  expect(JSON.stringify(line)).not.toContain('canary');
});
