import { Composer, isMap, isScalar, isSeq, type ParsedNode, type Scalar } from 'yaml'
import type { Position } from './diagnostic.ts'
import type { DocumentText } from './document-text.ts'
import type { Findings } from './findings.ts'
import { isUnambiguous } from './text-value.ts'
import type { YamlEntry, YamlMap, YamlNode, YamlScalar } from './yaml-node.ts'
import { parserMessage, quoted } from './quotation.ts'
import { readTokens } from './yaml-tokens.ts'

/**
 * Reads one YAML document whose text is within its limits. Every node has its place; maps have unique keys that
 * are text. Undefined when the syntax is broken or uses what is not allowed here; errors about single keys
 * are added to `findings` and leave the rest readable.
 */
export function readYaml(document: DocumentText, findings: Findings): YamlNode | undefined {
  const tokens = readTokens(document)
  if (!tokens.ok) {
    const { code, message, offset } = tokens.problem
    findings.error(code, message, document.lines(offset))
    return undefined
  }
  // Values are text here: the failsafe schema makes nothing else of them. Keys are compared below, by their text.
  const composer = new Composer({ prettyErrors: false, schema: 'failsafe', uniqueKeys: false, merge: false })
  const [composed] = composer.compose([tokens.root], true, document.text.length)
  if (composed === undefined) return undefined
  for (const error of composed.errors) {
    findings.error('yaml_syntax', parserMessage(error.message), document.lines(error.pos[0]))
  }
  if (composed.errors.length > 0) return undefined
  return convert(composed.contents, { document, findings })
}

interface Conversion {
  readonly document: DocumentText
  readonly findings: Findings
}

interface ParsedPair {
  readonly key: ParsedNode | null
  readonly value: ParsedNode | null
}

/** Recursive: the tokens were checked to be no deeper than `NESTING_MAX_LEVELS`. */
function convert(node: ParsedNode | null, conversion: Conversion): YamlNode {
  const position = conversion.document.lines(node?.range[0] ?? 0)
  if (isMap<ParsedNode | null, ParsedNode | null>(node)) return convertMap(node.items, position, conversion)
  if (isSeq<ParsedNode | null>(node)) {
    return { kind: 'list', position, items: node.items.map((item) => convert(item, conversion)) }
  }
  return isScalar(node)
    ? convertScalar(node, position, conversion)
    : { kind: 'scalar', text: '', plain: true, position }
}

function convertScalar(
  node: Scalar.Parsed,
  position: Position,
  { document: { text } }: Conversion,
): YamlScalar {
  const value = typeof node.value === 'string' ? node.value : ''
  // A block whose last line the file ends has no last line break (YAML 1.2, 8.1.1.2), but the parser adds one.
  const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
  const isCut = isBlock && node.range[1] === text.length && /[^ \n] *$/.test(text)
  return {
    kind: 'scalar',
    text: isCut ? value.replace(/\n$/, '') : value,
    plain: node.type === undefined || node.type === 'PLAIN',
    position,
  }
}

function convertMap(pairs: readonly ParsedPair[], position: Position, conversion: Conversion): YamlMap {
  const seen = new Set<string>()
  const entries: YamlEntry[] = []
  for (const pair of pairs) {
    const key = convert(pair.key, conversion)
    if (!isUsableKey(key, conversion.findings)) continue
    if (seen.has(key.text)) {
      conversion.findings.error('duplicate_key', `${quoted(key.text)} is here twice`, key.position)
      continue
    }
    seen.add(key.text)
    entries.push({ key, value: convert(pair.value, conversion) })
  }
  return { kind: 'map', entries, position }
}

/** Keys hold to the rule of values: the text that octo-sts reads, or quotes. */
function isUsableKey(key: YamlNode, findings: Findings): key is YamlScalar {
  if (key.kind !== 'scalar') {
    findings.error('wrong_type', 'a key must be text', key.position)
    return false
  }
  if (key.plain && key.text === '<<') {
    findings.error('merge_key', 'YAML merge keys (<<) are not allowed', key.position)
    return false
  }
  return isUnambiguous(key, 'key', findings)
}
