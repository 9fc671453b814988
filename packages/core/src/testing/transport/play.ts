import { expect } from 'vitest'
import type { TransportFactory } from '../../entries/transport.ts'
import type { Script } from './scripted-handler.ts'
import { Stage } from './stage.ts'

/** Runs one test on a stage of its own that listens on loopback, and looks afterwards at what must always hold. */
export type Play = (script: Script, body: (stage: Stage) => Promise<void>) => Promise<void>

export function playOn(factory: TransportFactory): Play {
  return async (script, body) => {
    const stage = new Stage(factory, script)
    await stage.listen()
    try {
      await body(stage)
    } finally {
      const wrong = await stage.close()
      expect.soft(wrong).toEqual([])
    }
  }
}
