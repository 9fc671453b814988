/** One line for the operator. */
export interface Notice {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  /** The same message with the addresses of clients and peers written in another way. Absent where there are none in it. */
  readonly messageWith?: (addressText: (address: string) => string) => string
}
