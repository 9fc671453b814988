/** `ENOENT` and the like, or undefined. */
export function errorCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
}

/** Whether the system refused for want of descriptors or memory, or for a disk that may answer the next time. */
export function isPassing(cause: unknown): boolean {
  return PASSING.has(errorCode(cause) ?? '')
}

const PASSING: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EIO', 'ESTALE'])

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied (EACCES)',
  ELOOP: 'its symbolic links go in a circle (ELOOP)',
  ENOTDIR: 'a part of its path is no folder (ENOTDIR)',
}

/** Why the system refused, in words. */
export function reasonOf(cause: unknown): string {
  const code = errorCode(cause)
  return REASONS[code ?? ''] ?? (cause instanceof Error ? cause.message : String(cause))
}
