import { isRecord, Unknown } from './msgpack.ts'

import type { WireValue } from './msgpack.ts'
import type { AttributeType, Block } from './provider-schema.ts'

type Values = { readonly [name: string]: WireValue }

/** What the cloud would answer for the attributes that others build on; `{name}` is another attribute's value. */
const TEMPLATES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  google_service_account: {
    id: 'projects/{project}/serviceAccounts/{account_id}@{project}.iam.gserviceaccount.com',
    name: 'projects/{project}/serviceAccounts/{account_id}@{project}.iam.gserviceaccount.com',
    email: '{account_id}@{project}.iam.gserviceaccount.com',
    member: 'serviceAccount:{account_id}@{project}.iam.gserviceaccount.com',
  },
  google_kms_key_ring: { id: 'projects/{project}/locations/{location}/keyRings/{name}' },
  google_kms_crypto_key: { id: '{key_ring}/cryptoKeys/{name}' },
  google_secret_manager_secret: {
    id: 'projects/{project}/secrets/{secret_id}',
    name: 'projects/{project}/secrets/{secret_id}',
  },
  google_secret_manager_secret_version: {
    id: '{secret}/versions/1',
    name: '{secret}/versions/1',
    version: '1',
  },
  google_cloud_run_v2_service: {
    id: 'projects/{project}/locations/{location}/services/{name}',
    uri: 'https://{name}-{location}.a.run.app',
  },
  google_pubsub_topic: { id: 'projects/{project}/topics/{name}' },
  google_logging_project_sink: {
    writer_identity: 'serviceAccount:{name}@gcp-sa-logging.iam.gserviceaccount.com',
  },
  google_monitoring_alert_policy: { name: 'projects/{project}/alertPolicies/1' },
  google_monitoring_notification_channel: { name: 'projects/{project}/notificationChannels/1' },
  'data.google_project': { project_id: '{project_id}', number: '123456789012' },
  'data.google_client_openid_userinfo': { email: 'deployer@example.com' },
  'data.google_client_config': { project: 'example-project' },
  'data.google_cloud_run_v2_service': { uri: 'https://{name}-{location}.a.run.app' },
  'data.google_service_account': { email: '{account_id}@example-project.iam.gserviceaccount.com' },
}

/** An object of this type in which every computed attribute that nobody set is not known yet. */
export function withUnknowns(block: Block, values: Values): Values {
  return mapComputed(block, values, (value) => value ?? new Unknown())
}

/** An object of this type in which every value that is not known, or was left to the provider, is made up. */
export function withMadeUpValues(typeName: string, block: Block, values: Values): Values {
  const templates = TEMPLATES[typeName] ?? {}
  return mapComputed(block, values, (value, name, type) => {
    if (value !== null && !(value instanceof Unknown)) return value
    const template = templates[name]
    if (template === undefined) return madeUp(typeName, name, type)
    return template.replace(/\{(\w+)\}/g, (_, other: string) => {
      const known = values[other]
      return typeof known === 'string' ? known : `made-up-${other}`
    })
  })
}

/** An object of this type in which nothing is left out: missing attributes are null, missing blocks empty. */
export function complete(block: Block, values: Values): Values {
  const whole: Record<string, WireValue> = {}
  for (const name of Object.keys(block.attributes)) whole[name] = values[name] ?? null
  for (const [name, { nesting, block: inner }] of Object.entries(block.blocks)) {
    const value = values[name] ?? (nesting === 'single' ? null : [])
    const items = Array.isArray(value) ? value : [value]
    const wholes = items.map((item: WireValue) => (isRecord(item) ? complete(inner, item) : item))
    whole[name] = nesting === 'single' ? (wholes[0] ?? null) : wholes
  }
  return whole
}

function mapComputed(
  block: Block,
  values: Values,
  change: (value: WireValue, name: string, type: AttributeType) => WireValue,
): Values {
  const changed: Record<string, WireValue> = {}
  for (const [name, value] of Object.entries(values)) {
    const attribute = block.attributes[name]
    const nested = block.blocks[name]
    if (attribute !== undefined) {
      changed[name] = attribute.mode.includes('c') ? change(value, name, attribute.type) : value
    } else if (nested !== undefined && Array.isArray(value)) {
      changed[name] = value.map((item: WireValue) =>
        isRecord(item) ? mapComputed(nested.block, item, change) : item,
      )
    } else {
      changed[name] =
        nested !== undefined && isRecord(value) ? mapComputed(nested.block, value, change) : value
    }
  }
  return changed
}

function madeUp(typeName: string, name: string, type: AttributeType): WireValue {
  if (type === 'string') return `made-up-${typeName}-${name}`.replaceAll('_', '-')
  if (type === 'number') return 1
  if (type === 'bool') return false
  if (type[0] === 'object') {
    return Object.fromEntries(
      Object.entries(type[1]).map(([inner, innerType]) => [inner, madeUp(typeName, inner, innerType)]),
    )
  }
  if (type[0] === 'map') return {}
  // Others build on the first of a list of objects, and on none of a list of names.
  return Array.isArray(type[1]) ? [madeUp(typeName, name, type[1])] : []
}
