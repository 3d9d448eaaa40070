// Writes the dashboards and alerts below iac/ from the lists of panels and alerts in scripts/dashboards/.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dashboardFiles } from './dashboards/generated-files.ts'

for (const [path, text] of await dashboardFiles()) {
  const file = new URL(`../${path}`, import.meta.url)
  mkdirSync(new URL('.', file), { recursive: true })
  writeFileSync(file, text)
}
