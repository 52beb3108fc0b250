/** Bounds on what a client can make its driver hold. */

/** A line of a report; a client that prints a whole event of 4 MiB as JSON stays below it. */
export const LINE_BYTES = 12 * 1024 * 1024;

/** Standard output of one client that is looked at; the rest is read and dropped. */
export const OUTPUT_BYTES = 48 * 1024 * 1024;

/** Lines of one client that are kept. */
export const LINES = 20_000;

/** What is kept of the end of standard error. */
export const STDERR_BYTES = 4 * 1024;

/** Between the request to end and the end by force. */
export const STOP_MS = 1_500;

/** Data of an event report that is stored as it came, in UTF-16 units. */
export const DATA_KEPT = 16 * 1024;

/** What is stored of longer data. */
export const DATA_HEAD = 1_024;
