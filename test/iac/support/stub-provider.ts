import { Server, ServerCredentials } from '@grpc/grpc-js'

import { complete, withMadeUpValues, withUnknowns } from './made-up-values.ts'
import { decode, encode, isRecord, Unknown } from './msgpack.ts'
import { providerService } from './plugin-protocol.ts'

import type { UntypedHandleCall, UntypedServiceImplementation } from '@grpc/grpc-js'
import type { WireValue } from './msgpack.ts'
import type { Block } from './provider-schema.ts'

/**
 * What a resource is known by: another value makes it another resource, which the real provider says attribute by attribute.
 * Unlike the schema this is not published, so it is said here once for all types.
 */
const IDENTITY_ATTRIBUTES: ReadonlySet<string> = new Set([
  'account_id',
  'collection',
  'crypto_key_id',
  'database',
  'dataset_id',
  'field',
  'import_only',
  'key_ring',
  'key_ring_id',
  'location',
  'location_id',
  'managed_zone',
  'member',
  'name',
  'network',
  'project',
  'purpose',
  'region',
  'role',
  'secret',
  'secret_data',
  'secret_id',
  'service',
  'service_account_id',
  'skip_initial_version_creation',
  'subscription',
  'table_id',
  'topic',
  'length',
  'override_special',
  'special',
])

const NESTING = { single: 1, list: 2, set: 3 } as const
const SEVERITY_ERROR = 1
const SECRET_ATTRIBUTE = /(^|_)(secret_data|password|private_key|auth_string|result|bcrypt_hash)(_wo)?$/

interface DynamicValue {
  readonly msgpack: Buffer
}

interface ResourceRequest {
  readonly type_name: string
  readonly prior_state: DynamicValue
  readonly proposed_new_state: DynamicValue
  readonly planned_state: DynamicValue
  readonly current_state: DynamicValue
  readonly config: DynamicValue
  readonly raw_state: { readonly json: Buffer }
}

/** A provider that serves; `reattach` is its entry in TF_REATTACH_PROVIDERS. */
export interface StubProvider {
  readonly reattach: object
  close(): void
}

/**
 * Serves a provider on the loopback that plans and applies like a real one and keeps nothing.
 *
 * @param schemas - the types that it has, by name, data sources with `data.` before it, and `provider`
 */
export async function serveProvider(schemas: ReadonlyMap<string, Block>): Promise<StubProvider> {
  const schema = describeProvider(schemas)

  function blockOf(typeName: string): Block {
    const block = schemas.get(typeName)
    if (block === undefined) throw new Error(`${typeName} is not a type of this provider`)
    return block
  }

  const answers: Readonly<Record<string, (request: ResourceRequest) => unknown>> = {
    GetProviderSchema: () => schema,
    ValidateResourceConfig: ({ type_name, config }) => refuseComputed(blockOf(type_name), config),
    ValidateDataResourceConfig: ({ type_name, config }) =>
      refuseComputed(blockOf(`data.${type_name}`), config),
    UpgradeResourceState: ({ type_name, raw_state }) => {
      const state = JSON.parse(raw_state.json.toString()) as Readonly<Record<string, WireValue>>
      return { upgraded_state: { msgpack: encode(complete(blockOf(type_name), state)) } }
    },
    ReadResource: ({ current_state }) => ({ new_state: current_state }),
    PlanResourceChange: ({ type_name, prior_state, proposed_new_state }) =>
      planChange(blockOf(type_name), decode(prior_state.msgpack), decode(proposed_new_state.msgpack)),
    ApplyResourceChange: ({ type_name, prior_state, planned_state }) => {
      const planned = decode(planned_state.msgpack)
      // What is there already keeps what was made up for it.
      if (!isRecord(planned) || isRecord(decode(prior_state.msgpack))) return { new_state: planned_state }
      return { new_state: { msgpack: encode(withMadeUpValues(type_name, blockOf(type_name), planned)) } }
    },
    ReadDataSource: ({ type_name, config }) => {
      const asked = decode(config.msgpack)
      const name = `data.${type_name}`
      if (!isRecord(asked)) throw new Error(`The configuration of ${name} is no object`)
      return { state: { msgpack: encode(withMadeUpValues(name, blockOf(name), asked)) } }
    },
  }

  const service = providerService()
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 })
  const handlers: UntypedServiceImplementation = {}
  for (const name of Object.keys(service)) {
    const answer = answers[name] ?? (() => ({}))
    const handler: UntypedHandleCall = (
      call: { request: ResourceRequest },
      done: (error: Error | null, value?: unknown) => void,
    ) => {
      try {
        done(null, answer(call.request))
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    }
    handlers[name] = handler
  }
  server.addService(service, handlers)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound)
      else reject(error)
    })
  })
  return {
    reattach: {
      Protocol: 'grpc',
      ProtocolVersion: 6,
      Pid: process.pid,
      Test: true,
      Addr: { Network: 'tcp', String: `127.0.0.1:${port}` },
    },
    close() {
      server.forceShutdown()
    },
  }
}

/** Terraform leaves it to the provider to refuse a value for what only the provider sets. */
function refuseComputed(block: Block, config: DynamicValue): object {
  const values = decode(config.msgpack)
  const names = isRecord(values) ? findComputed(block, values) : []
  return {
    diagnostics: names.map((name) => ({
      severity: SEVERITY_ERROR,
      summary: 'Value for unconfigurable attribute',
      detail: `${name} is decided by the provider`,
    })),
  }
}

function findComputed(block: Block, values: { readonly [name: string]: WireValue }): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (block.attributes[name]?.mode === 'c') return value === null ? [] : [name]
    const nested = block.blocks[name]?.block
    if (nested === undefined) return []
    const items = Array.isArray(value) ? value : [value]
    return items.flatMap((item: WireValue) => (isRecord(item) ? findComputed(nested, item) : []))
  })
}

function planChange(block: Block, prior: WireValue, proposed: WireValue): object {
  if (!isRecord(proposed)) return { planned_state: { msgpack: encode(proposed) } }
  const planned = isRecord(prior) ? { ...proposed } : { ...withUnknowns(block, proposed) }
  for (const name of Object.keys(planned)) if (name.endsWith('_wo')) planned[name] = null
  const replaced = isRecord(prior)
    ? Object.keys(planned).filter(
        (name) =>
          IDENTITY_ATTRIBUTES.has(name) && name in block.attributes && differs(prior[name], planned[name]),
      )
    : []
  return {
    planned_state: { msgpack: encode(planned) },
    requires_replace: replaced.map((name) => ({ steps: [{ attribute_name: name }] })),
  }
}

function differs(prior: WireValue = null, planned: WireValue = null): boolean {
  if (planned instanceof Unknown) return true
  // A bare name is as good as the full one that ends in it: the real provider lets it pass too.
  if (typeof prior === 'string' && typeof planned === 'string' && prior.endsWith(`/${planned}`)) return false
  return !encode(prior).equals(encode(planned))
}

function describeProvider(schemas: ReadonlyMap<string, Block>): object {
  const resources: Record<string, object> = {}
  const dataSources: Record<string, object> = {}
  for (const [name, block] of schemas) {
    const schema = { version: 0, block: describeBlock(block) }
    if (name.startsWith('data.')) dataSources[name.slice('data.'.length)] = schema
    else if (name !== 'provider') resources[name] = schema
  }
  const provider = schemas.get('provider') ?? { attributes: {}, blocks: {} }
  return {
    provider: { version: 0, block: describeBlock(provider) },
    provider_meta: { version: 0, block: {} },
    resource_schemas: resources,
    data_source_schemas: dataSources,
    diagnostics: [],
  }
}

function describeBlock(block: Block): object {
  return {
    version: 0,
    attributes: Object.entries(block.attributes).map(([name, { mode, type }]) => ({
      name,
      type: Buffer.from(JSON.stringify(type)),
      required: mode === 'r',
      optional: mode.startsWith('o'),
      computed: mode.includes('c'),
      sensitive: SECRET_ATTRIBUTE.test(name),
      write_only: name.endsWith('_wo'),
    })),
    block_types: Object.entries(block.blocks).map(([name, { nesting, min, max, block: inner }]) => ({
      type_name: name,
      nesting: NESTING[nesting],
      min_items: min,
      max_items: max,
      block: describeBlock(inner),
    })),
  }
}
