/**
 * How the code of a module runs that is not part of this program: whoever runs it may want to know what it throws where nobody
 * catches it.
 */
export interface ModuleCode {
  /** Runs code of the module. @param path its absolute path, or its `file:` URL */
  run<Result>(path: string, code: () => Result): Result
  /** Runs our code, which the module has called. */
  leave<Result>(code: () => Result): Result
  /** The same signal, whose listeners run as code of the module. */
  signal(path: string, signal: AbortSignal): AbortSignal
}
