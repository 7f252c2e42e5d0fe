/** A change was stored that a decision may depend on (R6); payload: the listener's id. */
export const livenessChannel = 'liveness';

/** Every listener is asked for one more write, before a loss is acted on (R2); payload empty. */
export const flushChannel = 'flush_wanted';
