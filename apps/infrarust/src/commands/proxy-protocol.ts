import { Command } from 'commander'
import { decodeCommand } from './proxy-protocol-decode.ts'
import { encodeCommand } from './proxy-protocol-encode.ts'

export function proxyProtocolCommand(): Command {
  return new Command('proxy-protocol')
    .description('read and write PROXY protocol headers')
    .addCommand(decodeCommand())
    .addCommand(encodeCommand())
}
