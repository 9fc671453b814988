import { describe, expect, it } from 'vitest'
import { findOwnContainer, ownContainerIdsIn } from '../src/own-container.ts'

const ID = 'c052392387ed833047913be8606558c241b5484f7255c6e7bbf7238833cc808b'
const MOUNTS = `
1103 1000 0:52 / / rw,relatime - overlay overlay rw
1111 1103 254:0 /var/lib/docker/containers/${ID}/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/vda rw
1112 1103 254:0 /var/lib/docker/containers/${ID}/hostname /etc/hostname rw,relatime - ext4 /dev/vda rw
`

describe("the proxy's own container", () => {
  const rows: readonly (readonly [string, string, string, string, readonly string[]])[] = [
    ['its mounts', MOUNTS, '0::/', 'infrarust', [ID]],
    ['version 1 of its control groups', '', `12:pids:/docker/${ID}\n`, 'infrarust', [ID]],
    ['the slices of systemd', '', `0::/system.slice/docker-${ID}.scope\n`, 'infrarust', [ID]],
    ['its host name', '', '0::/', ID.slice(0, 12), [ID.slice(0, 12)]],
    ['nothing on a plain host', '30 1 254:0 / / rw - ext4 /dev/vda rw\n', '0::/user.slice\n', 'server1', []],
    [
      'nothing in what the host sees of containers',
      `9 1 0:52 /var/lib/docker/containers/${ID}/mounts/shm /x rw\n`,
      '',
      'a',
      [],
    ],
  ]
  it.each(rows)('is told by %s', (_title, mounts, groups, hostName, ids) => {
    expect(ownContainerIdsIn(mounts, groups, hostName)).toEqual(ids)
  })
  it('is one that this engine has', () => {
    const listed = [{ id: ID, labels: new Map(), networkMode: 'one' }]
    expect(findOwnContainer([ID.slice(0, 12)], listed)?.id).toBe(ID)
    expect(findOwnContainer(['f'.repeat(64)], listed)).toBeUndefined()
  })
})
