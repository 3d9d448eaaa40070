import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { VARIABLES } from '#pkg/config'
import { CHART, runHelm, skip } from './support/chart.ts'
import { listAt, textAt, valueAt } from './support/objects.ts'

function chartFile(name: string): string {
  return readFileSync(join(CHART, name), 'utf8')
}

const values: unknown = parse(chartFile('values.yaml'))
const schema: unknown = JSON.parse(chartFile('values.schema.json'))
const chart: unknown = parse(chartFile('Chart.yaml'))

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function namesAt(object: unknown, ...path: readonly string[]): readonly string[] {
  const found = valueAt(object, ...path)
  return isObject(found) ? Object.keys(found) : []
}

/** A schema, or what it refers to. */
function resolve(part: unknown): unknown {
  const reference = valueAt(part, '$ref')
  if (typeof reference !== 'string') return part
  return valueAt(schema, 'definitions', reference.slice('#/definitions/'.length))
}

/** Paths that only one of the two knows, of objects whose keys are fixed. */
function differences(part: unknown, value: unknown, path: string): readonly string[] {
  const resolved = resolve(part)
  const properties = valueAt(resolved, 'properties')
  if (!isObject(properties) || path === '.settings' || path.endsWith('.settings')) return []
  assert.equal(valueAt(resolved, 'additionalProperties'), false, `${path} takes anything`)
  const known = Object.keys(properties).filter((key) => key !== 'global')
  const given = namesAt(value)
  return [
    ...known.filter((key) => !given.includes(key)).map((key) => `values lack ${path}.${key}`),
    ...given.filter((key) => !known.includes(key)).map((key) => `the schema lacks ${path}.${key}`),
    ...known
      .filter((key) => given.includes(key))
      .flatMap((key) => differences(properties[key], valueAt(value, key), `${path}.${key}`)),
  ]
}

describe('the chart', () => {
  it('passes strict linting', { skip }, () => {
    const { status, stdout, stderr } = runHelm(['lint', '--strict', CHART])
    assert.equal(status, 0, stdout + stderr)
  })

  it('has the version of the package', () => {
    const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    const version = textAt(manifest, 'version')
    assert.equal(valueAt(chart, 'version'), version)
    assert.equal(valueAt(chart, 'appVersion'), version)
  })

  it('knows a secret in plain text as the modules for Google Cloud do', () => {
    const modules = new URL('../../iac/modules/settings/secret-variables.json', import.meta.url)
    assert.equal(chartFile('secret-variables.json'), readFileSync(modules, 'utf8'))
  })

  it('has a schema and defaults of the same keys', () => {
    assert.deepEqual(differences(schema, values, ''), [])
  })
})

/** Variables that the chart makes of other values, or that make no sense in a cluster. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'PORT',
  'STS_HOST',
  'STS_DOMAIN',
  'STS_DRAIN_DELAY',
  'GITHUB_APP_IDS',
  'KMS_KEYS',
  'KMS_PROVIDER',
  'APP_SECRET_CERTIFICATE_FILE',
  'APP_CONFIG_FILE',
  'STS_STORE',
  'METRICS',
  'METRICS_PORT',
  'PROBER_IDENTITY',
  'PROBER_SCOPE',
  'PROBER_TOKEN_FILE',
  'PROBER_TOKEN_URL',
  'PROBER_ALLOW_ANONYMOUS',
  'ACTIONS_ID_TOKEN_REQUEST_URL',
])

describe('settings', () => {
  it('are all variables that are read, hold no secret and have no place of their own', () => {
    const expected = VARIABLES.filter(({ name, status, secret }) => {
      return status === 'read' && !secret && !ELSEWHERE.has(name)
    }).map(({ name }) => name)
    const settings = namesAt(schema, 'definitions', 'settings', 'properties')
    // An address without a password is no secret; the schema refuses one that has one.
    assert.deepEqual(settings.toSorted(), [...expected, 'HTTPS_PROXY'].toSorted())
  })

  it('say what the variables mean', () => {
    const settings = valueAt(schema, 'definitions', 'settings', 'properties')
    for (const name of namesAt(settings)) {
      const { meaning = '' } = VARIABLES.find((variable) => variable.name === name) ?? {}
      assert.equal(textAt(settings, name, 'description').startsWith(meaning), true, name)
    }
  })

  it('cannot be set as other variables, which are those of docs/configuration.md as a whole', () => {
    const variable = valueAt(schema, 'definitions', 'extraVariable')
    const refused = listAt(variable, 'properties', 'name', 'not', 'enum')
    const byReferenceAlone = listAt(variable, 'oneOf', 0, 'properties', 'name', 'not', 'enum')
    assert.deepEqual(new Set([...refused, ...byReferenceAlone]), new Set(VARIABLES.map(({ name }) => name)))
    assert.deepEqual(byReferenceAlone, ['HTTPS_PROXY', 'STS_WEBHOOK_SECRETS'])
  })
})
