/** What we use of it; it comes without types. */
declare module 'pino-roll' {
  export interface RollingStream {
    readonly destroyed: boolean
    /** Opens its file again, and closes what it has written to. */
    reopen(): void
  }
  export default function roll(options: object): Promise<RollingStream>
}
