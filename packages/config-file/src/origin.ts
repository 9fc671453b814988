/** Who has said what is in force for a key. */
export type Origin =
  /** `--bind` */
  | { readonly kind: 'flag'; readonly place: string }
  /** The name of the variable. */
  | { readonly kind: 'environment'; readonly place: string }
  /** `infrarust.toml:4:1`; with the references in it, such as `${PORT}`. */
  | { readonly kind: 'file'; readonly place: string; readonly references: readonly string[] }
  | { readonly kind: 'default' }
