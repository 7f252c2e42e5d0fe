/** Whether anybody can see this page: a tab behind another one, or a window that was put away, is hidden. */
export interface Visibility {
  isHidden(): boolean;
  /** Calls back when that changes. Returns what ends it. */
  onChange(changed: () => void): () => void;
}

export const pageVisibility: Visibility = {
  isHidden: () => document.visibilityState === 'hidden',
  onChange(changed) {
    document.addEventListener('visibilitychange', changed);
    return () => document.removeEventListener('visibilitychange', changed);
  },
};
