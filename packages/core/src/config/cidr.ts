/** A network, or one address (prefix 32 or 128). `address` is canonical and has no bit set behind the prefix. */
export interface Cidr {
  readonly family: 'ipv4' | 'ipv6'
  readonly address: string
  readonly prefix: number
}
