import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import { unless } from '../../support/requirement.ts'

/** `HELM_BIN` names one that is not in the path. */
const HELM = process.env['HELM_BIN'] ?? 'helm'

/** The folder of the chart. */
export const CHART = fileURLToPath(new URL('../../../iac/helm/github-sts', import.meta.url))

/** Values as an operator would give them: `values/NAME.yaml`. */
export const VALUES = ['one-app', 'probed', 'key-service', 'pools'] as const
export type ValuesName = (typeof VALUES)[number]

/** Why tests that render the chart are skipped, if they are. */
export const skip = unless('helm', runHelm(['version']).status === 0, 'helm (in the path, or HELM_BIN)')

/** Values by their path, such as `app.replicas`; a list or an object is replaced as a whole. */
export type Changes = Readonly<Record<string, unknown>>

/** What helm says to `args`; `input` is its standard input. */
export function runHelm(args: readonly string[], input = '') {
  return spawnSync(HELM, args, { input, encoding: 'utf8' })
}

/** The path of `values/NAME.yaml`. */
export function valuesFile(name: ValuesName): string {
  return fileURLToPath(new URL(`../values/${name}.yaml`, import.meta.url))
}

/** Renders the chart, as the release `sts` in the namespace `tokens`, with `values/NAME.yaml` and changes. */
export function renderText(
  name: ValuesName,
  changes: Changes = {},
  chart = CHART,
  args: readonly string[] = [],
) {
  const changed = Object.entries(changes).flatMap(([path, value]) => [
    '--set-json',
    `${path}=${JSON.stringify(value)}`,
  ])
  const options = ['--namespace', 'tokens', '--kube-version', '1.31.0', '--values', valuesFile(name)]
  return runHelm(['template', 'sts', chart, ...options, ...changed, ...args])
}

const RENDERED = new Map<string, readonly unknown[]>()

/** The objects that the chart makes, once for the same values. Throws what helm says when it refuses. */
export function render(name: ValuesName, changes: Changes = {}): readonly unknown[] {
  const key = `${name} ${JSON.stringify(changes)}`
  const known = RENDERED.get(key)
  if (known !== undefined) return known
  const { status, stdout, stderr } = renderText(name, changes)
  if (status !== 0) throw new Error(stderr)
  const objects = parseAllDocuments(stdout).map((document) => {
    if (document.errors.length > 0) throw new Error(document.errors.join('\n'))
    const object: unknown = document.toJS()
    return object
  })
  RENDERED.set(key, objects)
  return objects
}
