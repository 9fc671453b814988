import type { Emission, Provider, ServerDefinition } from '../../src/entries/provider.ts'

/** A provider that a test speaks through. Each call of `start` is one run. */
export class ScriptedProvider implements Provider {
  readonly name: string
  readonly runs: {
    readonly emit: (emission: Emission) => void
    readonly signal: AbortSignal
    readonly fail: (cause: Error) => void
  }[] = []

  constructor(name: string) {
    this.name = name
  }

  start(emit: (emission: Emission) => void, signal: AbortSignal): Promise<void> {
    const { promise, reject } = Promise.withResolvers<void>()
    this.runs.push({ emit, signal, fail: reject })
    return promise
  }

  /** Emits in the latest run. */
  list(...servers: readonly ServerDefinition[]): void {
    this.runs.at(-1)?.emit({ servers })
  }

  emit(emission: Emission): void {
    this.runs.at(-1)?.emit(emission)
  }
}

/** A definition for one domain, `<key>.example.com` where none is given. */
export function definition(
  key: string,
  values: Record<string, unknown> = {},
  rest: Partial<ServerDefinition> = {},
): ServerDefinition {
  return {
    key,
    source: `servers/${key}.toml`,
    values: { domains: [`${key}.example.com`], addresses: ['127.0.0.1:25566'], ...values },
    ...rest,
  }
}
