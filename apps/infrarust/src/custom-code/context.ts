import { AsyncLocalStorage } from 'node:async_hooks'

/** The `use` of the provider, or the path of the server manager, whose code runs; Node carries it into every timer, promise and stream that this code makes. */
const running = new AsyncLocalStorage<string>()

/** Runs code that is not part of this program. @param use what the configuration calls it */
export function asStranger<Result>(use: string, code: () => Result): Result {
  return running.run(use, code)
}

/** Runs our code that a provider has called: what it leaves behind, a timer of the registry, is not the provider's. */
export function asOurselves<Result>(code: () => Result): Result {
  return running.exit(code)
}

/** Whose code runs, or whose callback has thrown; undefined for ours and where it cannot be told. */
export function customCodeRunning(): string | undefined {
  return running.getStore()
}
