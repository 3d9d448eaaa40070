import { format, resolveConfig } from 'prettier'
import { stringify } from 'yaml'
import { cloudMonitoringAlerts, cloudMonitoringDashboard } from './cloud-monitoring.ts'
import { grafanaDashboard } from './grafana.ts'
import { prometheusRules } from './prometheus-rules.ts'

const ROOT = new URL('../../', import.meta.url)

/** Everything that is made of the lists of panels and alerts: the text of each file, by its path in the project. */
export async function dashboardFiles(): Promise<ReadonlyMap<string, string>> {
  const files: readonly (readonly [path: string, content: string])[] = [
    ['iac/grafana/github-sts.json', JSON.stringify(grafanaDashboard())],
    ['iac/modules/dashboard/alerts.json', JSON.stringify(cloudMonitoringAlerts())],
    ['iac/modules/dashboard/dashboard.json', JSON.stringify(cloudMonitoringDashboard())],
    ['iac/prometheus/github-sts.rules.yaml', stringify(prometheusRules(), { lineWidth: 0 })],
  ]
  const options = await resolveConfig(ROOT)
  const formatted = files.map(async ([path, content]) => {
    const text = await format(content, { ...options, filepath: path })
    return [path, text] as const
  })
  return new Map(await Promise.all(formatted))
}
