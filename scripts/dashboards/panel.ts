/** What the values of a panel are. */
export type Unit = 'per second' | 'seconds' | 'share' | 'count'

/** One query of a panel, for every program that shows it. */
export interface PanelQuery {
  /** PromQL, about all deployments: {@link narrowQuery} makes it one about some. */
  readonly expr: string
  /** What a series is called: text, and names of labels in double braces. */
  readonly legend: string
}

/** A value from which on a panel shows trouble. */
export interface Threshold {
  readonly value: number
  readonly direction: 'above' | 'below'
}

export interface Panel {
  readonly title: string
  /** One sentence: what is to be seen. */
  readonly description: string
  readonly unit: Unit
  readonly queries: readonly PanelQuery[]
  readonly threshold?: Threshold
}

/** Panels that belong together, under a heading of their own. */
export interface PanelGroup {
  readonly title: string
  readonly panels: readonly Panel[]
}
