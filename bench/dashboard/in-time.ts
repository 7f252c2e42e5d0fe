const patienceMs = 30_000;

/** The result, or an error that says what was waited for. */
export async function inTime<Result>(what: string, result: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const words = `Not in ${patienceMs / 1_000} s: ${what}.`;
  const timer = setTimeout(() => late.reject(new Error(words)), patienceMs);
  try {
    return await Promise.race([result, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
