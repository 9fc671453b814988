/** Stream, three zeros, length: before each piece of the output of a container without a terminal. */
const FRAME_HEADER_BYTES = 8

/** The lines of what a container wrote, oldest first, without control characters: whoever runs in it chooses them. */
export function linesOf(output: Buffer): readonly string[] {
  const bytes = isFramed(output) ? withoutFrames(output) : output
  return bytes
    .toString('utf8')
    .split(/\r?\n/)
    .map((line) =>
      line
        .replaceAll(COLOURS, '')
        .replaceAll(/\p{Cc}/gu, ' ')
        .trimEnd(),
    )
    .filter((line) => line !== '')
}

/** Sequences of a terminal, such as those of a coloured log. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
const COLOURS = /\x1b\[[0-9;?]*[A-Za-z]/g

/** A container with a terminal writes as it is. */
function isFramed(output: Buffer): boolean {
  return output.length >= FRAME_HEADER_BYTES && (output[0] ?? 0) <= 2 && output.readUIntBE(1, 3) === 0
}

function withoutFrames(output: Buffer): Buffer {
  const pieces: Buffer[] = []
  let at = 0
  while (at + FRAME_HEADER_BYTES <= output.length) {
    const end = at + FRAME_HEADER_BYTES + output.readUInt32BE(at + 4)
    pieces.push(output.subarray(at + FRAME_HEADER_BYTES, end))
    at = end
  }
  return Buffer.concat(pieces)
}
