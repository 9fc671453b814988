import { Buffer } from 'node:buffer'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** One proxy in the comparison: how it is started in front of a backend port. */
export interface Contender {
  readonly name: string
  /** Whether it authenticates players, and enciphers what they get. */
  readonly authenticates: boolean
  /** @param sessionUrl of the session server, for who authenticates players */
  start(backendPort: number, sessionUrl?: string): Promise<Started>
}

export interface Started {
  readonly port: number
  /** Whose CPU is counted; none where clients talk to the backend directly. */
  readonly pid: number | undefined
  stop(): Promise<void>
}

export const DIRECT: Contender = {
  name: 'direct',
  authenticates: false,
  start: async (backendPort) => ({ port: backendPort, pid: undefined, stop: async () => {} }),
}

/** One thread, reads version 2 and writes version 2, like Infrarust; it routes nothing. */
export const HAPROXY: Contender = haproxy('HAProxy')

/**
 * The same with bytes moved by `splice` where HAProxy takes that for worth it. Left to itself it counts a pipe for every
 * fourth connection among the descriptors that it asks for at the start.
 */
export const HAPROXY_SPLICE: Contender = haproxy('HAProxy, splice', {
  global: 'maxpipes 64',
  defaults: 'option splice-auto',
})

function haproxy(name: string, { global = '', defaults = '' } = {}): Contender {
  return program(name, (folder, port, backendPort) => {
    const file = join(folder, 'haproxy.cfg')
    writeFileSync(
      file,
      `global
  nbthread 1
  maxconn 9000
  ${global}
defaults
  mode tcp
  ${defaults}
  timeout connect 5s
  timeout client 120s
  timeout server 120s
frontend in
  bind 127.0.0.1:${port} accept-proxy
  default_backend out
backend out
  server next 127.0.0.1:${backendPort} send-proxy-v2
`,
    )
    return ['haproxy', '-db', '-f', file]
  })
}

/** nginx 1.22 writes version 1 only. */
export const NGINX: Contender = program('nginx stream', (folder, port, backendPort) => {
  const file = join(folder, 'nginx.conf')
  const stream = '/usr/lib/nginx/modules/ngx_stream_module.so'
  writeFileSync(
    file,
    `${existsSync(stream) ? `load_module ${stream};` : ''}
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr crit;
worker_rlimit_nofile 20000;
events { worker_connections 16000; }
stream {
  server {
    listen 127.0.0.1:${port} proxy_protocol;
    proxy_pass 127.0.0.1:${backendPort};
    proxy_protocol on;
    tcp_nodelay on;
  }
}
`,
  )
  return ['nginx', '-p', folder, '-c', file, '-e', 'stderr']
})

/** The whole program: reads the header, routes by the handshake, writes version 2, one access record a connection. */
export function infrarust(
  kind: 'node' | 'native',
  threads = 1,
  flags: readonly string[] = [],
  mode: 'passthrough' | 'client_only' = 'passthrough',
): Contender {
  const transport = kind === 'node' ? 'Infrarust, node' : `Infrarust, native${threads > 1 ? ` × ${threads}` : ''}`
  const name = [mode === 'passthrough' ? transport : `${transport}, ${mode}`, ...flags].join(' ')
  const contender = program(name, (folder, port, backendPort, sessionUrl) => {
    mkdirSync(join(folder, 'servers'))
    writeFileSync(
      join(folder, 'infrarust.toml'),
      `bind = "127.0.0.1:${port}"
receive_proxy_protocol = true
max_connections = 0
[log]
level = "warn"
[rate_limit]
max_connections = 0
status_max = 0
max_pending = 0
[transport]
kind = "${kind}"
${kind === 'native' ? `threads = ${threads}\n` : ''}${mode === 'client_only' ? `[auth]\nsession_url = "${sessionUrl}"\n` : ''}`,
    )
    writeFileSync(
      join(folder, 'servers', 'bench.toml'),
      `domains = ["bench.example.com"]\naddresses = ["127.0.0.1:${backendPort}"]\nsend_proxy_protocol = true\nproxy_mode = "${mode}"\n`,
    )
    const bin = join(dirname(createRequire(import.meta.url).resolve('infrarust/package.json')), 'bin', 'infrarust.js')
    return [process.execPath, ...flags, bin, '--config', join(folder, 'infrarust.toml')]
  })
  return { ...contender, authenticates: mode === 'client_only' }
}

/**
 * A proxy of the user's own: `name=command line`, where `{config}` stands for the template file written out with its
 * `{port}` and `{backend}` filled in.
 */
export function external(text: string, template: string | undefined): Contender {
  const at = text.indexOf('=')
  if (at < 1) throw new Error(`--peer ${text}: write name=command line`)
  return program(text.slice(0, at), (folder, port, backendPort) => {
    const fill = (words: string): string =>
      words.replaceAll('{port}', String(port)).replaceAll('{backend}', String(backendPort))
    const config = join(folder, 'config')
    if (template !== undefined) writeFileSync(config, fill(readFileSync(template, 'utf8')))
    return fill(text.slice(at + 1))
      .split(' ')
      .map((word) => word.replaceAll('{config}', config))
  })
}

type Prepare = (folder: string, port: number, backendPort: number, sessionUrl: string) => readonly string[]

function program(name: string, prepare: Prepare): Contender {
  return {
    name,
    authenticates: false,
    start: async (backendPort, sessionUrl = '') => {
      const folder = mkdtempSync(join(tmpdir(), 'bench-'))
      const port = await freePort()
      const [command = '', ...args] = prepare(folder, port, backendPort, sessionUrl)
      const child = spawn(command, args, {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
      })
      const stop = async (): Promise<void> => {
        if (child.exitCode === null && child.signalCode === null) {
          child.kill('SIGKILL')
          await once(child, 'exit')
        }
        rmSync(folder, { recursive: true, force: true })
      }
      await listening(name, child, port)
      return { port, pid: child.pid, stop }
    },
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}

/** The kernel tells of listening sockets first, and behind them of thousands that a job before has left in TIME_WAIT. */
const LISTENING_BYTES = 32_768

/** Looks into the kernel's table of sockets: a connection made only to look would count. */
async function listening(name: string, child: ChildProcess, port: number): Promise<void> {
  const row = new RegExp(`: 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} [0-9A-F]+:0000 0A`)
  for (let round = 0; round < 5_000; round++) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`)
    if (row.test(beginningOf('/proc/net/tcp', LISTENING_BYTES))) return
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  throw new Error(`${name} does not listen on ${port}`)
}

function beginningOf(path: string, bytes: number): string {
  const file = openSync(path, 'r')
  try {
    const read = Buffer.alloc(bytes)
    let length = 0
    // The kernel gives a page at a time.
    for (let got = -1; got !== 0 && length < bytes; length += got)
      got = readSync(file, read, length, bytes - length, null)
    return read.toString('latin1', 0, length)
  } finally {
    closeSync(file)
  }
}
