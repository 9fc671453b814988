/**
 * Numbers that both transports keep. The native one has them from here by way of its `boundary.hpp`, so none of them is
 * written down twice.
 */

/** How much is read and discarded after our FIN, and for how long, before the socket is destroyed. */
export const LINGER_BYTES = 65_536
/** For how long bytes of a client are discarded after our FIN, before the socket is destroyed. */
export const LINGER_MS = 1_000
/** A client that does not read its answer is reset after this. */
export const UNREAD_ANSWER_MS = 5_000

/** What one read takes at most, of a side that has not shown that it takes more: what `node:net` itself uses. */
export const READ_BYTES = 65_536

/**
 * How much may wait in memory for peers that do not take it, of all connections together. Above it the clients that
 * have left an answer unread for longest are reset. A relay reads from one side only when the other has taken
 * everything, and less at a time the more waits elsewhere.
 */
export const MOST_PENDING_BYTES: number = 32 * 1024 * 1024
/** What sides of relays may hold of that before they are read for in the smallest pieces. */
export const RELAY_PENDING_BYTES: number = (MOST_PENDING_BYTES / 4) * 3
/** The smallest piece that a relay is read in, when much waits for peers that do not take it. */
export const SMALLEST_READ_BYTES = 4_096
/** Each read for a relay takes at most this part of what is left of RELAY_PENDING_BYTES. */
export const READS_LEFT = 96

/**
 * A relay is probed from then on. The kernel counts its silence from its last byte all the same, and a relay that is
 * over by then, as a list ping is, has saved eight system calls.
 */
export const KEEP_ALIVE_AFTER_MS = 1_000

/**
 * How many newcomers wait in the kernel. Under a flood it is full, and everybody waits behind all of it: some 0.1 to 0.3 s
 * at what JavaScript handles a second. With 4,096 it was half a second and more. Whom it has no room for is sent away by
 * nobody and tries again a second later.
 */
export const LISTEN_BACKLOG = 1_024

/** The key of AES-128, which is the initialisation vector too. */
export const CIPHER_KEY_BYTES = 16
