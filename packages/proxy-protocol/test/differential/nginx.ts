import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalAddress } from '../../src/index.ts'
import { toHex } from '../feed.ts'
import { Backend } from './backend.ts'
import { exchange, type Outcome, type Peer, start, stopped } from './peer.ts'

/** nginx, asked twice: one server returns what it understood as text, the other passes on what it left. */
export async function startNginx(program: string, modulePath: string, directory: string): Promise<Peer> {
  const sayPath = join(directory, 'nginx-say')
  const passPath = join(directory, 'nginx-pass')
  const backPath = join(directory, 'nginx-back')
  const configPath = join(directory, 'nginx.conf')
  mkdirSync(join(directory, 'logs'))
  writeFileSync(
    configPath,
    `load_module ${modulePath};
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events { worker_connections 64; }
stream {
  server {
    listen unix:${sayPath} proxy_protocol;
    return "accepted|$proxy_protocol_addr|$proxy_protocol_port|$proxy_protocol_server_addr|$proxy_protocol_server_port";
  }
  server {
    listen unix:${passPath} proxy_protocol;
    proxy_pass unix:${backPath};
  }
}
`,
  )
  const backend = new Backend()
  await backend.listen(backPath)
  const child = await start(program, ['-p', directory, '-c', configPath, '-e', join(directory, 'error.log')], passPath)
  await backend.take()
  return {
    async ask(input) {
      const said = await exchange(sayPath, input)
      await exchange(passPath, input)
      const left = await backend.take()
      return said === '' ? { kind: 'refused' } : understood(said, toHex(left ?? new Uint8Array(0)))
    },
    async stop() {
      await stopped(child)
      await backend.close()
    },
  }
}

function understood(said: string, rest: string): Outcome {
  // Its variables are empty for a port 0.
  const [, source = '', sourcePort, destination = '', destinationPort] = said.split('|')
  if (source === '') return { kind: 'own end points', rest }
  return {
    kind: 'end points',
    source: `${comparable(source)} ${sourcePort || 0}`,
    destination: `${comparable(destination)} ${destinationPort || 0}`,
    rest,
  }
}

/** nginx keeps the text of a version 1 line as it came. */
function comparable(text: string): string {
  return canonicalAddress(text) ?? text
}
