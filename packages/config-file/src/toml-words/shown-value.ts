/** Keys whose values are not repeated: a log has more readers than a configuration. */
export const SECRET: RegExp = /pass|secret|token|key|auth/i

/** A value that may be shown between quotation marks as it is. */
export const PLAIN: RegExp = /^[\w.*:/ -]{1,60}$/
