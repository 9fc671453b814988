/** One line for the operator. */
export interface Notice {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
}
