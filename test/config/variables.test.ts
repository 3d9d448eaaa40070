import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { VARIABLES } from '#pkg/config'
import { LATER_VARIABLES } from '../../pkg/config/later-variables.ts'
import { PROBER_VARIABLES } from '../../pkg/config/prober-variables.ts'
import { SERVICE_VARIABLES } from '../../pkg/config/service-variables.ts'
import type { ReadVariable, Variable } from '../../pkg/config/variable.ts'
import { WEBHOOK_VARIABLES } from '../../pkg/config/webhook-variables.ts'

describe('VARIABLES', () => {
  const read: Readonly<Record<string, ReadVariable>> = {
    ...SERVICE_VARIABLES,
    ...WEBHOOK_VARIABLES,
    ...PROBER_VARIABLES,
  }

  it('has defaults that are valid', () => {
    const table: Readonly<Record<string, Variable>> = { ...read, ...LATER_VARIABLES }
    for (const [name, variable] of Object.entries(table)) {
      if (variable.default !== undefined) assert.ok(variable.type.parse(variable.default).ok, name)
    }
  })

  it('has examples that are valid, for all that is read but secrets and booleans', () => {
    for (const [name, { type, example, secret, default: fallback }] of Object.entries(read)) {
      if (example !== undefined) assert.ok(type.parse(example).ok, name)
      else assert.ok(secret === true || fallback === 'true' || fallback === 'false', name)
    }
  })

  it('means the same variable in every program', () => {
    const tables: readonly Readonly<Record<string, ReadVariable>>[] = [
      SERVICE_VARIABLES,
      WEBHOOK_VARIABLES,
      PROBER_VARIABLES,
    ]
    for (const table of tables) {
      for (const [name, variable] of Object.entries(table)) assert.equal(variable, read[name], name)
    }
  })

  it('lists each variable once, with its meaning, what it may hold and who reads it', () => {
    const names = VARIABLES.map(({ name }) => name)
    assert.equal(new Set(names).size, names.length)
    for (const { name, meaning, allowed, programs } of VARIABLES) {
      assert.ok(meaning.length > 0 && allowed.length > 0 && programs.length > 0, name)
    }
  })

  it('says which programs read a variable', () => {
    const programsOf = (wanted: string): unknown => VARIABLES.find(({ name }) => name === wanted)?.programs
    const rows: Readonly<Record<string, readonly string[]>> = {
      PORT: ['service', 'webhook', 'prober'],
      METRICS: ['service', 'webhook', 'prober'],
      OTEL_LOGS_EXPORTER: ['service', 'webhook', 'prober'],
      GITHUB_APP_IDS: ['service', 'webhook'],
      KMS_KEYS: ['service', 'webhook'],
      STS_DOMAIN: ['service', 'prober'],
      GCE_METADATA_HOST: ['service', 'prober'],
      STS_STORE: ['service', 'webhook'],
      OCTOSTS_STICKY_STORE: ['service'],
      EVENT_INGRESS_URI: ['service'],
      GITHUB_WEBHOOK_SECRET: ['webhook'],
      PROBER_IDENTITY: ['prober'],
      AUTHORIZATION: ['prober'],
    }
    for (const [name, programs] of Object.entries(rows)) assert.deepEqual(programsOf(name), programs, name)
  })
})
