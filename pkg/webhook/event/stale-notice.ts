/** What a delivery says that caches must not trust any longer. Names are as in the delivery. */
export type StaleNotice =
  /** The policies of a repository, or that it has none. */
  | { readonly kind: 'policies'; readonly owner: string; readonly repository: string }
  /** All about a repository: its name may mean another one. */
  | { readonly kind: 'repository'; readonly owner: string; readonly repository: string }
  /** Where the App is installed, what it may do there, and what was read through it. */
  | { readonly kind: 'owner'; readonly owner: string }

/** Whoever caches what a delivery can make stale. Must neither throw nor wait. */
export type StaleListener = (notice: StaleNotice) => void
