import { encode, ProxyProtocolError } from '@infrarust/proxy-protocol'
import { Command } from 'commander'
import { print, tell } from '../print/print.ts'
import { readHeaderJson } from '../proxy-protocol/header-from-json.ts'
import { formatHex } from '../proxy-protocol/hex.ts'
import { argumentsOrLines } from '../proxy-protocol/lines.ts'

const EXAMPLE = `
Each argument, or else each line of standard input, is an object as "decode --json" prints it; keys with a default may
be left out. A CRC32C TLV (type 3, value "00000000") gets its value. Exit code 0 when all of them could be encoded.

Example:
  infrarust proxy-protocol encode '{"version":2,"source":{"address":"203.0.113.7","port":54321},\\
    "destination":{"address":"198.51.100.2","port":25565}}'`

export function encodeCommand(): Command {
  return new Command('encode')
    .description('print the bytes of a PROXY header as hex')
    .argument('[json...]', 'headers, one object each')
    .addHelpText('after', EXAMPLE)
    .action(async (given: readonly string[]) => {
      for await (const text of argumentsOrLines(given)) {
        const answer = encodeJson(text)
        if (answer.kind === 'hex') print(`${answer.hex}\n`)
        else {
          tell(`infrarust: ${shortened(text)}: ${answer.fault}`)
          process.exitCode = 1
        }
      }
    })
}

type Answer = { readonly kind: 'hex'; readonly hex: string } | { readonly kind: 'fault'; readonly fault: string }

function encodeJson(text: string): Answer {
  const read = readHeaderJson(text)
  if (read.kind === 'fault') return read
  try {
    return { kind: 'hex', hex: formatHex(encode(read.header, { version: read.version })) }
  } catch (error) {
    if (error instanceof ProxyProtocolError) return { kind: 'fault', fault: error.message }
    throw error
  }
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`
}
