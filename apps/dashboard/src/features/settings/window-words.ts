const minutesOfDay = 1_440;

/** "23:30" in UTC → "00:30" where the clock is an hour ahead. `offsetMinutes`: what to add to UTC. */
export function shifted(time: string, offsetMinutes: number): string {
  const [hours = '0', minutes = '0'] = time.split(':');
  const minute = (Number(hours) * 60 + Number(minutes) + offsetMinutes + 2 * minutesOfDay) % minutesOfDay;
  const two = (part: number) => String(part).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** What a window of the day in UTC is where the reader is; "" while it is not whole. */
export function localWindow(
  { from, to }: { readonly from: string; readonly to: string },
  offsetMinutes: number,
): string {
  if (from === '' || to === '') return '';
  const over = from > to ? ' It goes over midnight UTC.' : '';
  if (offsetMinutes === 0) return `That is your time as well.${over}`;
  return `Today that is ${shifted(from, offsetMinutes)} to ${shifted(to, offsetMinutes)} where you are.${over}`;
}
