/**
 * A beat heard less than this before a decision may not be known to it. R2: a process that stored nothing for a second answers 503, so
 * nothing older than a second is unstored; and a look may take the second in which the database must answer.
 */
export const unknownBeatMs = 2_000;

/**
 * The failover loop learns of a beat by the flush that stores it, and takes it for as late as the quickest way of a flush lately: that may
 * make a beat look fresher than it is by the time that R2 allows a write.
 */
export const oneFlushMs = 1_000;
