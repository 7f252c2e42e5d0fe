import { describe, expect, it } from 'vitest';
import { FakeClock } from './testing/fake-clock.ts';
import { createUrlChoice, normalUrl, urlProblem } from './urls.ts';

const [a, b, c] = ['https://a', 'https://b', 'https://c'] as const;

function choosing(urls: readonly string[] = [a, b, c]) {
  const clock = new FakeClock();
  const choice = createUrlChoice(urls, clock);
  return { choice, wait: (ms: number) => clock.jump(ms) };
}

describe('the choice of an address', () => {
  it('begins with the first and stays while it answers', () => {
    const { choice, wait } = choosing();
    choice.answered(a);
    wait(1e9);
    expect(choice.current()).toBe(a);
  });

  it('goes to the next after a failure, and after the last to the first', () => {
    const { choice } = choosing();
    const tried = [0, 1, 2, 3].map(() => {
      const url = choice.current();
      choice.failed(url);
      return url;
    });
    expect(tried).toEqual([a, b, c, a]);
  });

  it('stays at one that answers, and returns to the first after a minute', () => {
    const { choice, wait } = choosing();
    choice.failed(a);
    choice.answered(b);
    wait(59_999);
    expect(choice.current()).toBe(b);
    wait(1);
    expect(choice.current()).toBe(a);
    choice.answered(a);
    wait(1e9);
    expect(choice.current()).toBe(a);
  });

  it('goes back to the good one when the first is still dead, and waits twice as long', () => {
    const { choice, wait } = choosing();
    choice.failed(a);
    choice.failed(b);
    choice.answered(c);
    wait(60_000);
    choice.failed(choice.current());
    expect(choice.current()).toBe(c);
    wait(119_000);
    expect(choice.current()).toBe(c);
    wait(1_000);
    expect(choice.current()).toBe(a);
  });

  it('waits at most ten minutes', () => {
    const { choice, wait } = choosing();
    choice.failed(a);
    for (let times = 0; times < 10; times += 1) {
      wait(600_000);
      expect(choice.current()).toBe(a);
      choice.failed(a);
      expect(choice.current()).toBe(b);
    }
  });

  it('is not moved by a late failure of an address that was left already', () => {
    const { choice } = choosing();
    choice.failed(a);
    choice.failed(a);
    expect(choice.current()).toBe(b);
  });

  it('of one stays with that one', () => {
    const { choice, wait } = choosing([a]);
    choice.failed(a);
    wait(1e6);
    expect(choice.current()).toBe(a);
  });
});

describe('an address', () => {
  it.each(['', 'control.example.com', 'ftp://x', 'https://u:p@x', 'https://x/?secret=1', 'https://x/#y'])(
    '%s is refused',
    (text) => {
      expect(urlProblem(text)).not.toBeNull();
    },
  );

  it.each([
    ['https://x/', 'https://x'],
    ['https://X:8443/edge/', 'https://x:8443/edge'],
  ])('%s is kept as %s', (text, kept) => {
    expect(urlProblem(text)).toBeNull();
    expect(normalUrl(text)).toBe(kept);
  });

  it.each(['http://127.0.0.1:8080', 'http://127.9.9.9', 'http://localhost', 'http://[::1]:1', 'https://10.0.0.1'])(
    '%s cannot be read on the way',
    (text) => {
      expect(urlProblem(text)).toBeNull();
    },
  );

  it.each([
    'http://10.0.0.1',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://[::ffff:10.0.0.1]',
    'http://control.example.com:7400',
  ])('%s is refused: plain http is for this host itself (R37)', (text) => {
    expect(urlProblem(text)).toMatch(/plain http.*Use the https address/);
  });
});
