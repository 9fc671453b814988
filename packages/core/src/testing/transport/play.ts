import { expect } from 'vitest'
import type { TransportFactory } from '../../entries/transport.ts'
import type { Script } from './scripted-handler.ts'
import { SocketFolder } from './socket-folder.ts'
import { Stage } from './stage.ts'

/** Runs one test on a stage of its own that listens, and looks afterwards at what must always hold. */
export interface Play {
  (script: Script, body: (stage: Stage) => Promise<void>): Promise<void>
  /** Whether a peer can reset its connection, and be told of one: those of Unix sockets cannot. */
  readonly hasReset: boolean
}

/** On loopback. */
export function playOn(factory: TransportFactory): Play {
  return playWith((script) => new Stage(factory, script), true)
}

/** The same with a Unix socket on both sides. */
export function playOnUnix(factory: TransportFactory): Play {
  return playWith((script) => new Stage(factory, script, new SocketFolder()), false)
}

function playWith(set: (script: Script) => Stage, hasReset: boolean): Play {
  const play = async (script: Script, body: (stage: Stage) => Promise<void>): Promise<void> => {
    const stage = set(script)
    await stage.listen()
    try {
      await body(stage)
    } finally {
      const wrong = await stage.close()
      expect.soft(wrong).toEqual([])
    }
  }
  return Object.assign(play, { hasReset })
}
