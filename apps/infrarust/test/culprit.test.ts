import { describe, expect, it } from 'vitest'
import { asOurselves, asStranger } from '../src/custom-code/context.ts'
import { culpritOf, customCodeFor } from '../src/custom-code/culprit.ts'

const PANEL = customCodeFor('./panel.mjs', '/etc/infrarust')
const PACKAGE = customCodeFor('@panel/provider', '/etc/infrarust')

function errorAt(...frames: readonly string[]): Error {
  const error = new Error('why')
  error.stack = ['Error: why', ...frames.map((frame) => `    at ${frame}`)].join('\n')
  return error
}

const NODE = 'Socket.emit (node:events:520:28)'
const OURS = `Gateway.route (${import.meta.resolve('@infrarust/core')}:10:3)`
const DOCKER = `Engine.open (${import.meta.resolve('@infrarust/config-docker')}:10:3)`
const ENGINE = `Engine.ask (${import.meta.resolve('@infrarust/docker-engine')}:10:3)`
const PANEL_CLIENT = `PanelClient.ask (${import.meta.resolve('@infrarust/server-manager')}:10:3)`
const BAN_STORE = `SqliteStore.open (${import.meta.resolve('@infrarust/ban-sqlite')}:10:3)`
const OTHER = 'query (file:///srv/node_modules/db/index.js:1:1)'

describe('who has thrown what nobody catches', () => {
  it('is this program where no stranger runs, whatever it is', () => {
    for (const thrown of ['text', undefined, errorAt(NODE), errorAt(OTHER)])
      expect(culpritOf(thrown, [])).toEqual({ kind: 'ours' })
  })

  it('is this program where a frame of it comes before one of theirs', () => {
    expect(culpritOf(errorAt(NODE, OURS), [PANEL])).toEqual({ kind: 'ours' })
    expect(culpritOf(errorAt(OTHER, OURS), [PANEL])).toEqual({ kind: 'ours' })
    for (const frame of [DOCKER, ENGINE, PANEL_CLIENT, BAN_STORE])
      expect(culpritOf(errorAt(OTHER, frame), [PANEL])).toEqual({ kind: 'ours' })
    expect(culpritOf(new Error('in this test of the program'), [PANEL]).kind).toBe('custom')
  })

  it('is the provider whose module a frame belongs to', () => {
    const found = (frame: string) => culpritOf(errorAt(NODE, frame, OURS), [PACKAGE, PANEL])
    for (const frame of ['poll (file:///etc/infrarust/panel.mjs:1:2)', '/etc/infrarust/panel.mjs:1:2'])
      expect(found(frame)).toEqual({ kind: 'custom', uses: ['./panel.mjs'], frame: `at ${frame}` })
    const frame = 'poll (file:///etc/infrarust/node_modules/@panel/provider/dist/index.js:1:2)'
    expect(found(frame)).toEqual({ kind: 'custom', uses: ['@panel/provider'], frame: `at ${frame}` })
  })

  it('is one of the providers where nothing tells which', () => {
    const uses = ['./panel.mjs', '@panel/provider']
    expect(culpritOf('text', [PANEL, PACKAGE])).toEqual({ kind: 'custom', uses, frame: undefined })
    expect(culpritOf(errorAt(NODE), [PANEL, PACKAGE])).toEqual({ kind: 'custom', uses, frame: undefined })
  })

  it('is the provider in whose callback it was thrown, also by a function of ours, and gone from the configuration', () => {
    const found = asStranger('./gone.mjs', () => culpritOf(errorAt(OURS), []))
    expect(found).toEqual({ kind: 'custom', uses: ['./gone.mjs'], frame: undefined })
    expect(asStranger('./gone.mjs', () => asOurselves(() => culpritOf(errorAt(OURS), [PANEL])))).toEqual({
      kind: 'ours',
    })
  })
})
