/** Whether the fault that was armed has met what it was armed for. */
export interface Meetings {
  /** It is to be met so often, default once. Until something is armed nothing is met. */
  arm(times?: number): void;
  /** It was met once more. */
  note(): void;
  met(): boolean;
}

export function countMeetings(): Meetings {
  let [wanted, noted] = [Number.POSITIVE_INFINITY, 0];
  return {
    arm(times = 1) {
      wanted = times;
    },
    note() {
      noted += 1;
    },
    met: () => noted >= wanted,
  };
}
