import { domainToASCII } from 'node:url'

/**
 * A name of a host, or a part of one, in lower case ASCII; IDN becomes `xn--…`. What is ASCII already only changes its case:
 * whether a name can have its characters is for the caller to say.
 *
 * @returns undefined for what IDNA cannot express
 */
export function asciiName(name: string): string | undefined {
  if (ASCII.test(name)) return name.toLowerCase()
  // Node reads its argument as a URL: it would take line ends out, cut at a slash, and leave of `a@b` the `b`.
  if (NOT_OF_A_NAME.test(name)) return undefined
  return domainToASCII(name) || undefined
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant.
const ASCII = /^[\u0000-\u007f]*$/
const NOT_OF_A_NAME = /[^a-z0-9._\u0080-\uffff-]/i
