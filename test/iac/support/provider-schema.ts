/** How a provider describes a resource's arguments: what Terraform needs to check a configuration. */
export interface Block {
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly blocks: Readonly<Record<string, NestedBlock>>
}

export interface Attribute {
  /** Required, optional, computed, or both of the latter. */
  readonly mode: 'r' | 'o' | 'c' | 'oc'
  readonly type: AttributeType
}

export type AttributeType =
  | 'string'
  | 'number'
  | 'bool'
  | readonly ['list' | 'set' | 'map', AttributeType]
  | readonly ['object', Readonly<Record<string, AttributeType>>]

export interface NestedBlock {
  readonly nesting: 'single' | 'list' | 'set'
  readonly min: number
  /** 0 is no bound. */
  readonly max: number
  readonly block: Block
}

/** The type of what a getter of a generated class returns. */
const GETTER_TYPES: Readonly<Record<string, AttributeType>> = {
  String: 'string',
  Number: 'number',
  Boolean: 'bool',
  List: ['list', 'string'],
  NumberList: ['list', 'number'],
  StringMap: ['map', 'string'],
  NumberMap: ['map', 'number'],
  BooleanMap: ['map', 'bool'],
  StringMapList: ['list', ['map', 'string']],
  NumberMapList: ['list', ['map', 'number']],
}

const STORAGE_TYPES: Readonly<Record<string, AttributeType>> = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
  stringList: ['list', 'string'],
  stringMap: ['map', 'string'],
}

interface Member {
  readonly name: string
  readonly mode: Attribute['mode']
  readonly text: string
}

interface Mapping {
  readonly isBlock: boolean
  readonly kind: string
  readonly storage: string
}

/**
 * Reads the schema of a resource or data source out of the TypeScript that cdktf generates from the provider's own schema.
 *
 * Each generated class names its attributes in comments (`name - computed: true, optional: false, required: false`) above
 * a getter that has the type; a mapping function per class tells blocks and attributes apart.
 */
export function parseSchema(source: string): Block {
  const classes = new Map<string, { readonly base: string; readonly members: readonly Member[] }>()
  for (const part of source.split(/^export class /m).slice(1)) {
    const [, name = '', base = ''] = /^(\w+) extends cdktf\.(\w+)/.exec(part) ?? []
    classes.set(name, { base, members: readMembers(part) })
  }
  const root = [...classes].find(([, { base }]) => /^Terraform(Resource|DataSource)$/.test(base))
  if (root === undefined) throw new Error('No resource in the generated source')

  function readBlock(className: string, mappings: ReadonlyMap<string, Mapping>): Block {
    const attributes: Record<string, Attribute> = {}
    const blocks: Record<string, NestedBlock> = {}
    for (const { name, mode, text } of classes.get(className)?.members ?? []) {
      const nested = new RegExp(
        `new (\\w+?)(OutputReference|List)\\(this, "${name}"(?:, (true|false))?\\)`,
      ).exec(text)
      if (nested === null) {
        attributes[name] = { mode, type: readType(name, text, mappings) }
        continue
      }
      const [, struct = '', form, wrapsSet] = nested
      const mapping = mappings.get(name)
      const block = readBlock(`${struct}OutputReference`, readMappings(source, struct))
      const isSet = mapping?.kind === 'set' || wrapsSet === 'true'
      if (mapping?.isBlock !== true || mode === 'c') {
        attributes[name] = { mode, type: [isSet ? 'set' : 'list', typeOf(block)] }
        continue
      }
      blocks[name] = {
        nesting: mapping.kind === 'struct' ? 'single' : isSet ? 'set' : 'list',
        min: mode === 'r' ? 1 : 0,
        max: form === 'OutputReference' && mapping.kind !== 'struct' ? 1 : 0,
        block,
      }
    }
    return { attributes, blocks }
  }

  return readBlock(root[0], readMappings(source))
}

/** Reads the arguments of the provider itself; its blocks are left out. */
export function parseProviderSchema(source: string): Block {
  const attributes = [...readMappings(source)].flatMap(([name, { storage }]) => {
    const type = STORAGE_TYPES[storage]
    return type === undefined ? [] : [[name, { mode: 'o', type }] as const]
  })
  return { attributes: Object.fromEntries(attributes), blocks: {} }
}

function readMembers(text: string): readonly Member[] {
  const parts = text.split(
    /^ *\/\/ (\w+) - computed: (true|false), optional: (true|false), required: (?:true|false)$/m,
  )
  const members: Member[] = []
  for (let at = 1; at < parts.length; at += 4) {
    const [name = '', computed, optional, body = ''] = parts.slice(at, at + 4)
    const mode = computed === 'true' ? (optional === 'true' ? 'oc' : 'c') : optional === 'true' ? 'o' : 'r'
    members.push({ name, mode, text: body })
  }
  return members
}

/** The mapping of a nested struct, or of the resource itself without a name. */
function readMappings(source: string, struct?: string): ReadonlyMap<string, Mapping> {
  const start =
    struct === undefined
      ? source.indexOf('protected synthesizeHclAttributes()')
      : source.indexOf(`export function ${struct.charAt(0).toLowerCase()}${struct.slice(1)}ToHclTerraform(`)
  const body =
    start === -1 ? '' : source.slice(start, source.indexOf('// remove undefined attributes', start))
  const mappings = new Map<string, Mapping>()
  const pattern = /^ +(\w+): \{\s+value: .*\s+isBlock: (\w+),\s+type: "(\w+)",\s+storageClassType: "(\w+)"/gm
  for (const [, name = '', isBlock, kind = '', storage = ''] of body.matchAll(pattern)) {
    mappings.set(name, { isBlock: isBlock === 'true', kind, storage })
  }
  return mappings
}

function readType(name: string, text: string, mappings: ReadonlyMap<string, Mapping>): AttributeType {
  const getter = /this\.get(\w+)Attribute\(|new cdktf\.(\w+Map(?:List)?)\(/.exec(text)
  const type = GETTER_TYPES[getter?.[1] ?? getter?.[2] ?? '']
  if (type === undefined) throw new Error(`The type of ${name} is not known`)
  const isSet = mappings.get(name)?.kind === 'set' || text.includes('cdktf.Fn.tolist(')
  return isSet && Array.isArray(type) && type[0] === 'list' ? ['set', type[1]] : type
}

function typeOf({ attributes, blocks }: Block): AttributeType {
  return [
    'object',
    {
      ...Object.fromEntries(Object.entries(attributes).map(([name, { type }]) => [name, type])),
      ...Object.fromEntries(
        Object.entries(blocks).map(([name, { nesting, block }]) => [
          name,
          nesting === 'single' ? typeOf(block) : [nesting, typeOf(block)],
        ]),
      ),
    },
  ]
}
