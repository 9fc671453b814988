/** A number that is looked at often. */
export function Figure({ name, value }: { readonly name: string; readonly value: string | undefined }) {
  return (
    <div class="figure">
      <b>{value ?? '–'}</b>
      <span>{name}</span>
    </div>
  )
}
