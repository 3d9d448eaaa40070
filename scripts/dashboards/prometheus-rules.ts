import { ALERTS, RUNBOOKS_URL, type Alert } from './alerts.ts'

/** The alerts as rules of Prometheus, without those that only an audit log can tell. */
export function prometheusRules(): object {
  return {
    groups: [{ name: 'github-sts', rules: ALERTS.flatMap(toRules) }],
  }
}

function toRules({ id, summary, runbook, severity, metric }: Alert): readonly object[] {
  if (metric === undefined) return []
  return [
    {
      alert: alertName(id),
      expr: metric.expr,
      ...(metric.minutes === 0 ? {} : { for: `${metric.minutes}m` }),
      labels: { severity },
      annotations: { summary, runbook_url: `${RUNBOOKS_URL}#${runbook}` },
    },
  ]
}

/** As Prometheus users write them: `GithubStsErrorRatio`. */
function alertName(id: string): string {
  return `github-sts-${id}`.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
}
