/** Bounds on what a client can make the scripted server hold, and for how long it waits. */

/** Requests that one scenario answers; what comes after that is closed without an answer and counted. */
export const REQUESTS = 200;

/** Head of a request, as node:http counts it. */
export const HEAD_BYTES = 32 * 1024;

/** Body of a request that is kept. */
export const BODY_BYTES = 64 * 1024;

/** Sockets open at the same time, of all scenarios. */
export const SOCKETS = 512;

/** A client that was told of the end of an answer has this long to close its side. */
export const LINGER_MS = 2_000;

/** Before the last expected answer: longer than any delay between two attempts without a floor. */
export const PATIENCE_MS = 7_000;

/** From the start of a client to its first request: a cold browser on a loaded machine. */
export const START_MS = 12_000;

/** How often the scripted server looks whether anything is still going on. */
export const LOOK_EVERY_MS = 50;

/** A client that takes so long for a trifle takes so many times that for its work. */
export const SLOWNESS = 5;

/** From the first byte of a connection to the whole head of a request, and to the end of a TLS handshake. */
export const HANDSHAKE_MS = 10_000;
