/** What signs in to the dashboard without its key being typed. */
export interface WebLinks {
  /** A link that is good once and for a few minutes; undefined where no dashboard is served. */
  link(): string | undefined
  /** What the ticket of such a link is good for; undefined where it is not. */
  keyFor(ticket: string): string | undefined
}
