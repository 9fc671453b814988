import type { LabelConstraint } from './label-constraint.ts'

/** Whether the labels of a container satisfy every constraint. */
export function satisfies(labels: ReadonlyMap<string, string>, constraints: readonly LabelConstraint[]): boolean {
  return constraints.every(({ label, value, isNegated }) => {
    const found = labels.get(label)
    const holds = found !== undefined && (value === undefined || found === value)
    return holds !== isNegated
  })
}
