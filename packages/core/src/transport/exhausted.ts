import type { Notice } from '../record/notice.ts'

/** Errors that say that this process or machine has nothing left to dial with, whoever is dialled. */
const EXHAUSTED: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'ENOSPC'])

/** @param code of the system, such as `EMFILE` */
export function isExhausted(code: string): boolean {
  return EXHAUSTED.has(code)
}

/** It lasts until connections end or somebody raises the limit. */
export const EXHAUSTED_AGAIN_MS = 60_000

/** For the operator: what has run out, and never which server was meant to be dialled. */
export function exhaustedNotice(code: string): Notice {
  const what =
    code === 'EMFILE'
      ? 'this process has no file descriptor left'
      : code === 'ENFILE'
        ? 'this machine has no file descriptor left'
        : 'this machine has no memory left for sockets'
  const mend =
    code === 'EMFILE'
      ? 'raise its limit (ulimit -n, LimitNOFILE=), or lower max_connections'
      : code === 'ENFILE'
        ? 'raise fs.file-max, or lower max_connections'
        : 'lower max_connections'
  return {
    level: 'warn',
    message: `${what} (${code}): newcomers are refused or read that the proxy is full until connections end; ${mend}`,
  }
}
