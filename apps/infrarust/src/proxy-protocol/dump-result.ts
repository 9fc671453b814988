/** Which program has written a dump. */
export type DumpForm = 'xxd' | 'hexdump' | 'tcpdump' | 'od'

/** What the lines of a dump amount to. */
export type Dump =
  | {
      readonly kind: 'bytes'
      readonly form: DumpForm
      readonly bytes: Uint8Array
      /** Of a capture: who sent these bytes to whom. */
      readonly stream?: string | undefined
    }
  /** `offset`: the bytes that could be read before it. */
  | { readonly kind: 'fault'; readonly form: DumpForm; readonly offset: number; readonly message: string }
