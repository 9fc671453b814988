import { decode } from '@infrarust/proxy-protocol'
import { Command, InvalidArgumentError } from 'commander'
import { print, printJson } from '../print/print.ts'
import { type DecodedJson, decodedJson } from '../proxy-protocol/header-json.ts'
import { headerTable } from '../proxy-protocol/header-table.ts'
import { standardInputLines } from '../proxy-protocol/lines.ts'
import { argumentInputs, lineInputs, type StreamInput } from '../proxy-protocol/stream-input.ts'

const EXAMPLE = `
Bytes are taken as hex, as \\x0d\\x0a, as a line that begins with PROXY, and as what xxd, hexdump -C and tcpdump -X write; of
packets only what a client has sent. One answer for each argument, or else for each line of standard input; the lines of
a dump are one stream. Exit code 0 when all of them are headers, or with --json: then the answer says it.

Example:
  tcpdump -nX -c 20 'tcp port 25565' | infrarust proxy-protocol decode
  infrarust proxy-protocol decode 0d0a0d0a000d0a515549540a2111000ccb007107c6336402d43163dd`

interface DecodeOptions {
  readonly json?: true
  readonly maxSize?: number
}

export function decodeCommand(): Command {
  return new Command('decode')
    .description('say what the first bytes of a stream are as a PROXY header')
    .argument('[bytes...]', "a stream's first bytes: hex, in which blanks and colons are ignored, or another form")
    .option('--json', 'one object a line')
    .option('--max-size <bytes>', 'the longest header to accept (default: 65551)', bytes)
    .addHelpText('after', EXAMPLE)
    .action(async (given: readonly string[], options: DecodeOptions) => {
      let allAreHeaders = true
      const inputs = given.length > 0 ? argumentInputs(given) : lineInputs(standardInputLines())
      for await (const input of inputs) {
        const answer = answerTo(input, options.maxSize)
        allAreHeaders &&= answer.ok === true
        if (options.json) printJson(answer)
        else print(`${headerTable(answer)}\n`)
      }
      process.exitCode = allAreHeaders || options.json ? 0 : 1
    })
}

/** What it was taken for is said where it is not hex: that is what this command was made for. */
function answerTo(input: StreamInput, limitBytes: number | undefined): DecodedJson {
  const { form, stream } = input.taken
  const taken = { ...(form !== 'hex' && { form }), ...(stream !== undefined && { stream }) }
  if (input.kind === 'bytes')
    return { ...decodedJson(decode(input.bytes, limitBytes === undefined ? {} : { limitBytes })), ...taken }
  const { code, offset, message } = input
  return { ok: false, code, offset, message, ...taken }
}

function bytes(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_551) throw new InvalidArgumentError('0 to 65551 bytes.')
  return Number(text)
}
