import type { Provider } from '@infrarust/core/provider'
import type { DockerProviderOptions } from './provider-options.ts'

/** Servers from the labels of containers. */
export function dockerProvider(options: DockerProviderOptions): Provider {
  return {
    name: 'docker',
    async start(emit, signal) {
      // Loaded here, because a program without [docker] has no use for it, nor for HTTP.
      const { serve } = await import('./serve.ts')
      await serve(options, emit, signal)
    },
  }
}
