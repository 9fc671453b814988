/** What a step answers after it has entered another state: that state's step is asked at once. */
export const GO_ON: { readonly kind: 'go-on' } = Object.freeze({ kind: 'go-on' })

export function isGoOn(next: unknown): next is typeof GO_ON {
  return next === GO_ON
}
