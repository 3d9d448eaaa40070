import type { AttributeType, Block } from './provider-schema.ts'

/** The part of the provider hashicorp/random that octo-sts's webhook secret is made with. */
export const RANDOM_SCHEMAS: ReadonlyMap<string, Block> = new Map([
  [
    'random_password',
    {
      attributes: {
        ...optional('number', 'length'),
        ...optional('bool', 'lower', 'number', 'numeric', 'special', 'upper'),
        ...optional('number', 'min_lower', 'min_numeric', 'min_special', 'min_upper'),
        ...optional('string', 'override_special'),
        keepers: { mode: 'o', type: ['map', 'string'] },
        bcrypt_hash: { mode: 'c', type: 'string' },
        id: { mode: 'c', type: 'string' },
        result: { mode: 'c', type: 'string' },
      },
      blocks: {},
    },
  ],
])

function optional(type: AttributeType, ...names: readonly string[]): Block['attributes'] {
  return Object.fromEntries(names.map((name) => [name, { mode: 'oc', type }]))
}
