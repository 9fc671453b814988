import { dirname } from 'node:path'

/** Why the control socket cannot be made, and how to mend it: one clause, without the key of the configuration. */
export function cannotListen(path: string, error: unknown): string {
  const folder = dirname(path)
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return `this user may not make ${path}; let it write to ${folder}, or ${ELSEWHERE}`
    case 'ENOENT':
      return `there is no folder ${dirname(folder)} to make ${folder} in; make it, or ${ELSEWHERE}`
    case 'ENOTDIR':
    case 'EEXIST':
      return `a part of ${folder} is no folder; ${ELSEWHERE}`
    case 'EROFS':
      return `${folder} is on a file system that is read-only; ${ELSEWHERE}`
    case 'ENOSPC':
    case 'EDQUOT':
      return `there is no room for ${path} on its disk; make some, or ${ELSEWHERE}`
    case 'EADDRINUSE':
      return `another process has just begun to listen on ${path}; stop it, or ${ELSEWHERE}`
    case 'EMFILE':
    case 'ENFILE':
      return `no more files may be opened, so ${path} cannot be made; raise the limit (ulimit -n, or LimitNOFILE= of the unit)`
    default:
      return `${path} cannot be made: ${textOf(error)}; ${ELSEWHERE}`
  }
}

/** Why the process behind it cannot be asked, where there may be one: one line. */
export function cannotConnect(path: string, error: unknown): string {
  const where = `cannot reach the process behind ${path}`
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return `${where}: this user may not open it; run the command as the user of the proxy (sudo -u), or as root`
    case 'ENOTDIR':
      return `${where}: a part of this path is no folder; ${WRITE_RIGHT}`
    case 'ENOTSOCK':
    case 'EPROTOTYPE':
      return `${where}: this is no socket of the proxy; ${WRITE_RIGHT}`
    case 'EAGAIN':
      return `${where}: too many commands are asking it; try again in a moment`
    case 'EMFILE':
    case 'ENFILE':
      return `${where}: no more files may be opened; raise the limit (ulimit -n)`
    default:
      return `${where}: ${textOf(error)}; look whether it runs, and as whom`
  }
}

const ELSEWHERE = 'name another place with data_dir, or with socket in [control]'
const WRITE_RIGHT = 'correct data_dir, or socket in [control]'

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
