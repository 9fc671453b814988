import { gatewayKeys } from '@infrarust/core'
import {
  besideGateway,
  boolean,
  joined,
  type KeyTable,
  keyTable,
  port,
  type ServerFile,
  serverKeys,
  text,
} from '@infrarust/core/provider'

/** What labels say beside the keys of a server's file. */
export interface ContainerKeys {
  readonly isEnabled: boolean | undefined
  readonly port: number | undefined
  readonly network: string | undefined
}

const containerKeys: KeyTable<ContainerKeys> = keyTable<ContainerKeys>({
  isEnabled: {
    kind: 'key',
    from: 'anyone',
    name: 'enable',
    type: boolean,
    default: undefined,
    absent: '`exposed_by_default` of `[docker]`',
    description: 'Whether the container is a server. With several in one container, `false` takes one of them out.',
    example: true,
    reload: 'live',
  },
  port: {
    kind: 'key',
    from: 'anyone',
    name: 'port',
    type: port,
    default: undefined,
    absent: 'the exposed TCP port if there is exactly one, else 25565',
    description: 'Port inside the container.',
    example: 25_565,
    reload: 'live',
  },
  network: {
    kind: 'key',
    from: 'anyone',
    name: 'network',
    type: text({ maxLength: 256 }),
    default: undefined,
    absent: '`network` of `[docker]`, else as the page on Docker says',
    description: 'Docker network on which it is reached: its name, its id, or its name in the compose file.',
    example: 'minecraft',
    reload: 'live',
  },
})

/** Every label, without its prefix: the keys of a server's file and the container's own. */
export const labelKeys: KeyTable<ContainerKeys & ServerFile> = besideGateway(
  joined(containerKeys, serverKeys),
  gatewayKeys(),
)
