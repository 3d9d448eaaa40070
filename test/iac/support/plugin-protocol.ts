import { fromJSON } from '@grpc/proto-loader'

import type { ServiceDefinition } from '@grpc/grpc-js'

/** A field: its number and type, `*` behind the type for a repeated one, `map` before it for a map with strings as keys. */
type Fields = Readonly<Record<string, readonly [number: number, type: string]>>

/**
 * The messages of Terraform's plugin protocol 6 that the stub reads or writes, with their field numbers:
 * https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
 * Fields that are left out are skipped when read and empty when written.
 */
const MESSAGES: Readonly<Record<string, Fields>> = {
  Empty: {},
  DynamicValue: { msgpack: [1, 'bytes'], json: [2, 'bytes'] },
  Diagnostic: { severity: [1, 'int32'], summary: [2, 'string'], detail: [3, 'string'] },
  Step: { attribute_name: [1, 'string'] },
  AttributePath: { steps: [1, 'Step*'] },
  RawState: { json: [1, 'bytes'] },
  Attribute: {
    name: [1, 'string'],
    type: [2, 'bytes'],
    required: [4, 'bool'],
    optional: [5, 'bool'],
    computed: [6, 'bool'],
    sensitive: [7, 'bool'],
    write_only: [11, 'bool'],
  },
  NestedBlock: {
    type_name: [1, 'string'],
    block: [2, 'Block'],
    nesting: [3, 'int32'],
    min_items: [4, 'int64'],
    max_items: [5, 'int64'],
  },
  Block: { version: [1, 'int64'], attributes: [2, 'Attribute*'], block_types: [3, 'NestedBlock*'] },
  Schema: { version: [1, 'int64'], block: [2, 'Block'] },
  ValidateRequest: { type_name: [1, 'string'], config: [2, 'DynamicValue'] },
  ValidateResponse: { diagnostics: [1, 'Diagnostic*'] },
  ProviderSchema: {
    provider: [1, 'Schema'],
    resource_schemas: [2, 'map Schema'],
    data_source_schemas: [3, 'map Schema'],
    provider_meta: [5, 'Schema'],
  },
  UpgradeRequest: { type_name: [1, 'string'], raw_state: [3, 'RawState'] },
  UpgradeResponse: { upgraded_state: [1, 'DynamicValue'] },
  ReadRequest: { type_name: [1, 'string'], current_state: [2, 'DynamicValue'] },
  ReadResponse: { new_state: [1, 'DynamicValue'] },
  PlanRequest: {
    type_name: [1, 'string'],
    prior_state: [2, 'DynamicValue'],
    proposed_new_state: [3, 'DynamicValue'],
    config: [4, 'DynamicValue'],
  },
  PlanResponse: { planned_state: [1, 'DynamicValue'], requires_replace: [2, 'AttributePath*'] },
  ApplyRequest: {
    type_name: [1, 'string'],
    prior_state: [2, 'DynamicValue'],
    planned_state: [3, 'DynamicValue'],
  },
  ApplyResponse: { new_state: [1, 'DynamicValue'] },
  ReadDataRequest: { type_name: [1, 'string'], config: [2, 'DynamicValue'] },
  ReadDataResponse: { state: [1, 'DynamicValue'] },
}

const METHODS: Readonly<Record<string, readonly [request: string, response: string]>> = {
  GetMetadata: ['Empty', 'Empty'],
  GetProviderSchema: ['Empty', 'ProviderSchema'],
  ValidateProviderConfig: ['Empty', 'Empty'],
  ValidateResourceConfig: ['ValidateRequest', 'ValidateResponse'],
  ValidateDataResourceConfig: ['ValidateRequest', 'ValidateResponse'],
  UpgradeResourceState: ['UpgradeRequest', 'UpgradeResponse'],
  ConfigureProvider: ['Empty', 'Empty'],
  ReadResource: ['ReadRequest', 'ReadResponse'],
  PlanResourceChange: ['PlanRequest', 'PlanResponse'],
  ApplyResourceChange: ['ApplyRequest', 'ApplyResponse'],
  ReadDataSource: ['ReadDataRequest', 'ReadDataResponse'],
  GetFunctions: ['Empty', 'Empty'],
  StopProvider: ['Empty', 'Empty'],
}

/** The service of a provider, for a gRPC server. */
export function providerService(): ServiceDefinition {
  const definition = fromJSON(
    {
      nested: {
        tfplugin6: {
          nested: {
            ...Object.fromEntries(
              Object.entries(MESSAGES).map(([name, fields]) => [name, { fields: describeFields(fields) }]),
            ),
            Provider: {
              methods: Object.fromEntries(
                Object.entries(METHODS).map(([name, [requestType, responseType]]) => [
                  name,
                  { requestType, responseType, comment: '' },
                ]),
              ),
            },
          },
        },
      },
    },
    { defaults: true, longs: Number },
  )['tfplugin6.Provider']
  if (definition === undefined || 'format' in definition) throw new Error('The provider service is missing')
  return definition
}

function describeFields(fields: Fields): Record<string, { id: number; type: string }> {
  return Object.fromEntries(Object.entries(fields).map(([name, [id, type]]) => [name, describe(id, type)]))
}

function describe(
  id: number,
  type: string,
): { id: number; type: string; keyType?: string; rule?: 'repeated' } {
  if (type.startsWith('map ')) return { id, type: type.slice('map '.length), keyType: 'string' }
  if (type.endsWith('*')) return { id, type: type.slice(0, -1), rule: 'repeated' }
  return { id, type }
}
