/** A word as the shell would read it, without running anything in it: quotes and backslashes go, `$(…)` stays text. */
export function unquoted(word: string): string {
  let plain = '';
  let quote = '';
  for (let place = 0; place < word.length; place += 1) {
    const one = word[place] ?? '';
    if (one === '\\' && quote !== "'") {
      place += 1;
      plain += word[place] ?? '';
    } else if (one === quote) quote = '';
    else if (quote === '' && (one === '"' || one === "'")) quote = one;
    else plain += one;
  }
  return plain;
}
