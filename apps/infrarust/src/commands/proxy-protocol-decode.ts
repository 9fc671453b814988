import { decode } from '@infrarust/proxy-protocol'
import { Command, InvalidArgumentError } from 'commander'
import { print, printJson } from '../print/print.ts'
import { decodedJson } from '../proxy-protocol/header-json.ts'
import { headerTable } from '../proxy-protocol/header-table.ts'
import { parseHex } from '../proxy-protocol/hex.ts'
import { argumentsOrLines } from '../proxy-protocol/lines.ts'

const EXAMPLE = `
One answer for each argument, or else for each line of standard input. Exit code 0 when all of them are headers, or
with --json: then the answer says it.

Example:
  infrarust proxy-protocol decode 0d0a0d0a000d0a515549540a2111000ccb007107c6336402d43163dd`

interface DecodeOptions {
  readonly json?: true
  readonly maxSize?: number
}

export function decodeCommand(): Command {
  return new Command('decode')
    .description('say what the first bytes of a stream are as a PROXY header')
    .argument('[hex...]', "hex of a stream's first bytes; blanks and colons are ignored")
    .option('--json', 'one object a line')
    .option('--max-size <bytes>', 'the longest header to accept (default: 65551)', bytes)
    .addHelpText('after', EXAMPLE)
    .action(async (hex: readonly string[], options: DecodeOptions) => {
      let allAreHeaders = true
      for await (const text of argumentsOrLines(hex)) {
        const answer = decodeHex(text, options.maxSize)
        allAreHeaders &&= answer.ok === true
        if (options.json) printJson(answer)
        else print(`${headerTable(answer)}\n`)
      }
      process.exitCode = allAreHeaders || options.json ? 0 : 1
    })
}

function decodeHex(text: string, limitBytes: number | undefined) {
  const hex = parseHex(text)
  if (hex.kind === 'malformed') return { ok: false, code: 'hex', offset: hex.at, message: 'not hex' } as const
  return decodedJson(decode(hex.bytes, limitBytes === undefined ? {} : { limitBytes }))
}

function bytes(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_551) throw new InvalidArgumentError('0 to 65551 bytes.')
  return Number(text)
}
