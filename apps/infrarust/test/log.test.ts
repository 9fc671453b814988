import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { folderWith } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Output } from '../src/log/output.ts'
import { RollingFile } from '../src/log/rolling-file.ts'
import { ping } from './client.ts'
import { start } from './program.ts'
import { Running } from './running.ts'

const LOAD = fileURLToPath(new URL('children/log-load.ts', import.meta.url))
/** More than every queue on the way: 8 MiB in the process, 4 MiB with the thread, 64 KiB in a pipe. */
const RECORDS = 60_000

const eventually = { timeout: 30_000, interval: 20 }

function load(file: string) {
  const child = spawn(process.execPath, [LOAD, String(RECORDS), file], { stdio: ['pipe', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function firstLine(stream: Readable): Promise<string> {
  const [line] = await once(createInterface({ input: stream }), 'line')
  return line
}

async function linesUntilEnd(stream: Readable): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = []
  for await (const line of createInterface({ input: stream })) lines.push(JSON.parse(line))
  return lines
}

/** Keeps the four threads in which Node opens, reads and writes files from doing so, until what comes back is called. */
function busyFileThreads(folder: string): () => void {
  const pipes = Array.from({ length: 4 }, (_, index) => join(folder, `pipe-${index}`))
  execFileSync('mkfifo', pipes)
  // Each waits for somebody who writes.
  const opened = pipes.map((pipe) => open(pipe, 'r'))
  return () => {
    for (const [index, pipe] of pipes.entries()) {
      const writer = openSync(pipe, constants.O_RDWR)
      void opened[index]?.then((handle) => handle.close()).finally(() => closeSync(writer))
    }
  }
}

describe('a log that is written faster than it is read', { timeout: 120_000 }, () => {
  // Before, each line was a blocking write: a stalled reader stopped the proxy after the 64 KiB of its pipe.
  it('drops lines of a stalled standard output with their count, and waits for nobody', async () => {
    const child = load('')
    const { dropped } = JSON.parse(await firstLine(child.stderr))
    expect(dropped.stdout).toBeGreaterThan(0)

    const reading = linesUntilEnd(child.stdout)
    child.stdin.write('go on\n')
    const lines = await reading
    const accesses = lines.filter(({ event }) => event === 'access')
    expect(accesses.length + dropped.stdout).toBeGreaterThanOrEqual(RECORDS)
    // In order, up to the gap.
    expect(accesses.map(({ number }) => number)).toEqual(accesses.map((_, index) => index))
  })
  it('drops lines of a file on a disk that has stopped, and none of standard output', async () => {
    const folder = folderWith({})
    // The name that the first file gets; nobody reads it, so a write to it takes for ever, as on a dead disk.
    execFileSync('mkfifo', [join(folder, 'access.1.log')])
    const child = load(join(folder, 'access.log'))
    const reading = linesUntilEnd(child.stdout)
    const { dropped } = JSON.parse(await firstLine(child.stderr))
    expect(dropped.file).toBeGreaterThan(0)

    child.stdin.write('go on\n')
    const lines = await reading
    expect(lines.filter(({ event }) => event === 'access')).toHaveLength(RECORDS - dropped.stdout)
  })
  it('says how many it has dropped once there is room again', () => {
    const written: string[] = []
    let drain = (): void => {}
    const sink = {
      writableNeedDrain: false,
      write: (line: string) => written.push(line),
      onDrain: (listener: () => void) => {
        drain = listener
      },
      flushed: async () => {},
    }
    const output = new Output('stdout', sink, 'warn')
    output.write('1\n')
    sink.writableNeedDrain = true
    output.write('2\n')
    output.write('3\n')
    sink.writableNeedDrain = false
    output.write('4\n')
    output.write('5\n')
    const shown = (): unknown[] => written.map((line) => JSON.parse(line).lines ?? line)
    expect(shown()).toEqual(['1\n', 2, '4\n', '5\n'])
    // After a flood there may be no next line for hours.
    sink.writableNeedDrain = true
    output.write('6\n')
    sink.writableNeedDrain = false
    drain()
    drain()
    expect(shown().slice(4)).toEqual([1])
    expect(output.dropped).toBe(3)
  })
  it('says so at the end too', async () => {
    const written: string[] = []
    const sink = {
      writableNeedDrain: true,
      write: (line: string) => written.push(line),
      onDrain: () => {},
      flushed: async () => {
        sink.writableNeedDrain = false
      },
    }
    const output = new Output('file', sink, 'warn')
    output.write('1\n')
    expect(await output.flushed(60_000)).toBe(true)
    expect(written.map((line) => JSON.parse(line))).toMatchObject([{ event: 'log_dropped', output: 'file', lines: 1 }])
  })
})

describe('the running proxy', { timeout: 120_000 }, () => {
  it('answers and ends while nobody reads its standard output', async () => {
    const folder = folderWith({})
    const running = new Running(folder, ['--log-level', 'info'])
    const port = await running.port()
    running.program.stdout.pause()
    // Their records are several times what a pipe holds.
    for (let index = 0; index < 600; index++) (await ping(port, 'a.example.com')).socket.destroy()
    running.program.kill('SIGTERM')
    await vi.waitFor(() => expect(running.program.exitCode).toBe(0), eventually)
  })
  it('goes on when the reader of its standard output has gone', async () => {
    const running = new Running(folderWith({}))
    const port = await running.port()
    running.program.stdout.destroy()
    for (let index = 0; index < 5; index++) (await ping(port, 'a.example.com')).socket.destroy()
    expect(running.program.exitCode).toBeNull()
  })
  it('writes every field to the file, whatever people see', async () => {
    const folder = folderWith({ 'infrarust.toml': '[log]\nformat = "json"\nfile = "logs/access.log"\n' })
    const running = new Running(folder)
    ;(await ping(await running.port(), 'a.example.com')).socket.destroy()
    const record = await running.access()
    const inFile = (): unknown[] =>
      readFileSync(join(folder, 'logs/current.log'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    await vi.waitFor(() => expect(inFile()).toContainEqual(record), eventually)
  })
  it('goes on without a file that cannot be written, and says so', async () => {
    const folder = folderWith({ 'infrarust.toml': '[log]\nfile = "not-a-folder/access.log"\n', 'not-a-folder': '' })
    const running = new Running(folder)
    await running.logged('cannot be written')
    await ping(await running.port(), 'a.example.com')
  })
  it('keeps what a provider is told, and passwords in addresses, out of the log', async () => {
    const file = (secret: string): string =>
      `[log]\nlevel = "trace"\n[[provider]]\nuse = "./p.ts"\noptions = { token = "${secret}", url = "redis://me:${secret}@127.0.0.1" }\n`
    const folder = folderWith({
      'infrarust.toml': file('first-s3cret'),
      'p.ts': 'export default () => ({ name: "mine", start: async (emit) => emit({ servers: [] }) })\n',
    })
    mkdirSync(join(folder, 'servers'))
    const running = new Running(folder)
    await running.port()
    writeFileSync(join(folder, 'infrarust.toml'), file('second-s3cret'))
    await running.logged('configuration changed')
    running.program.kill('SIGTERM')
    await running.exit
    expect(JSON.stringify(running.lines)).not.toContain('s3cret')
  })
})

describe('a log file', { timeout: 60_000 }, () => {
  it('is rotated by size, keeps so many, and is found under one name', async () => {
    const folder = folderWith({})
    const file = new RollingFile({
      file: join(folder, 'access.log'),
      fileMaxBytes: 1_000,
      fileRotation: 'size',
      fileKeep: 2,
      report: (error) => {
        throw error
      },
    })
    const files = (): string[] => readdirSync(folder).filter((name) => name.startsWith('access'))
    for (let round = 0; round < 6; round++) {
      const before = readdirSync(folder).includes('current.log') ? readlinkSync(join(folder, 'current.log')) : ''
      file.write(`${'x'.repeat(1_100)}\n`)
      await file.flushed()
      await vi.waitFor(() => expect(readlinkSync(join(folder, 'current.log'))).not.toBe(before), eventually)
    }
    // The current one and two before it; where two rotations follow at once, the second may take one more away.
    await vi.waitFor(() => expect(files().length).toBeLessThanOrEqual(3), eventually)
    // The link is there a moment before the file that it leads to.
    await vi.waitFor(() => expect(files()).toContain(readlinkSync(join(folder, 'current.log'))), eventually)
    expect(files().length).toBeGreaterThanOrEqual(2)
  })
  // Now and then the last line of a proxy that ended on a busy machine was missing.
  it('is not flushed before the system has every line', async () => {
    const folder = folderWith({})
    const file = new RollingFile({
      file: join(folder, 'access.log'),
      fileMaxBytes: 1_000_000,
      fileRotation: 'size',
      fileKeep: 1,
      report: (error) => {
        throw error
      },
    })
    file.write('first\n')
    await file.flushed()
    const release = busyFileThreads(folder)
    file.write('last\n')
    let isFlushed = false
    const flushed = file.flushed().then(() => {
      isFlushed = true
    })
    // A thread that starts meanwhile takes longer than a word there and back.
    await once(new Worker('require("node:worker_threads").parentPort.postMessage("up")', { eval: true }), 'message')
    expect(isFlushed).toBe(false)
    release()
    await flushed
    expect(readFileSync(join(folder, 'access.1.log'), 'utf8')).toBe('first\nlast\n')
  })
  it('that cannot be written is tried again, and says what is missing from it', async () => {
    const folder = folderWith({ logs: 'not a folder yet' })
    const failed = Promise.withResolvers<Error>()
    const file = new RollingFile({
      file: join(folder, 'logs/access.log'),
      fileMaxBytes: 1_000_000,
      fileRotation: 'size',
      fileKeep: 2,
      retryMs: 50,
      report: failed.resolve,
    })
    const output = new Output('file', file, 'warn')
    expect(await failed.promise).toBeInstanceOf(Error)
    output.write('missing\n')
    rmSync(join(folder, 'logs'))
    const written = (): string => readFileSync(join(folder, 'logs/current.log'), 'utf8')
    await vi.waitFor(() => expect(written()).toContain('"event":"log_dropped","output":"file","lines":1'), eventually)
    output.write('here\n')
    await vi.waitFor(() => expect(written()).toMatch(/\nhere\n$/), eventually)
    expect(written()).not.toContain('missing')
  })
})

describe('[log] format', () => {
  // The log said that it had changed, and went on as before.
  it('changes while the proxy runs, there and back', async () => {
    const folder = folderWith({ 'infrarust.toml': 'max_connections = 1\n' })
    const program = start(['--bind', '127.0.0.1:0'], { cwd: folder })
    onTestFinished(() => void program.kill('SIGKILL'))
    const lines: string[] = []
    createInterface({ input: program.stdout }).on('line', (line) => lines.push(line))
    const lineWith = (text: string): Promise<string | undefined> =>
      vi.waitUntil(() => lines.find((line) => line.includes(text)), eventually)
    const write = (text: string): void => writeFileSync(join(folder, 'infrarust.toml'), text)

    await lineWith('listening')
    write('max_connections = 2\n[log]\nformat = "pretty"\n')
    expect(await lineWith('log.format: not set')).toMatch(/^\[\d\d:\d\d:\d\d/)
    write('max_connections = 3\n[log]\nformat = "pretty"\n')
    expect(await lineWith('max_connections: 2')).toMatch(/^\[\d\d:\d\d:\d\d/)
    write('max_connections = 3\n')
    await lineWith('→ not set')
    write('max_connections = 4\n')
    expect(await lineWith('max_connections: 3')).toMatch(/^\{/)
  })
})
