import { ALERTS } from '../../../scripts/dashboards/alerts.ts'
import { PANEL_GROUPS } from '../../../scripts/dashboards/panels.ts'

/** A query of a panel or an alert, with the name of what has it. */
export interface NamedQuery {
  readonly title: string
  readonly expr: string
}

export const PANEL_QUERIES: readonly NamedQuery[] = PANEL_GROUPS.flatMap(({ panels }) =>
  panels.flatMap(({ title, queries }) => queries.map(({ expr }) => ({ title, expr }))),
)

export const ALERT_QUERIES: readonly NamedQuery[] = ALERTS.flatMap(({ title, metric }) =>
  metric === undefined ? [] : [{ title, expr: metric.expr }],
)
