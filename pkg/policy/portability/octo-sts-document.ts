import { Composer, isAlias, isMap, isScalar, isSeq, type CST, type ParsedNode, type Scalar } from 'yaml'
import type { Position } from '../document/diagnostic.ts'
import type { DocumentText } from '../document/document-text.ts'
import type { OctoStsNode, OctoStsScalar } from './octo-sts-node.ts'
import type { OctoStsCode } from './octo-sts-difference.ts'
import { MERGE_TAG, typePlainScalar, typeTaggedScalar, type ScalarReading } from './octo-sts-scalar.ts'
import { readOctoStsText } from './octo-sts-text.ts'
import { isReadToItsEnd, readOctoStsTokens } from './octo-sts-tokens.ts'

/**
 * The nodes of a document; that octo-sts's YAML parser refuses it; or that this does not tell. The position is where
 * reading ended.
 */
export type OctoStsDocument =
  | { readonly kind: 'document'; readonly root: OctoStsNode }
  | {
      readonly kind: 'rejects' | 'unknown'
      readonly position: Position
      /** Set where the document may be valid here. */
      readonly code?: OctoStsCode | undefined
    }

/**
 * Reads the YAML of a document as octo-sts does (`go.yaml.in/yaml/v2`): the first document alone, with anchors,
 * aliases, tags and merge keys.
 *
 * Exact for what is valid YAML here or differs from it by these constructs. Where two YAML parsers may differ
 * (broken syntax, line breaks of YAML 1.1, lines of spaces at the end of a block, `?` in brackets, UTF-16, `%TAG`,
 * `!!binary`, `!!timestamp`) the answer is `unknown`, except for what was seen to be refused there as well.
 */
export function readOctoStsDocument(source: Uint8Array | string): OctoStsDocument {
  const text = readOctoStsText(source)
  if (text.kind !== 'text') return { kind: text.kind, position: text.diagnostic }
  const { document } = text
  const tokens = readOctoStsTokens(document)
  if (tokens.kind !== 'tokens') {
    const kind = DIVERGING.test(document.text) ? 'unknown' : tokens.kind
    return { kind, position: document.lines(tokens.offset), code: tokens.code }
  }
  const directives = judgeDirectives(tokens.directives, tokens.root)
  if (directives !== 'accepts') return { kind: directives, position: { line: 1, column: 1 } }
  const composer = new Composer({ prettyErrors: false, schema: 'failsafe', uniqueKeys: false, merge: false })
  const [composed] = composer.compose([tokens.root], true, document.text.length)
  const [error] = composed?.errors ?? []
  if (composed === undefined || error !== undefined) {
    const isRefused = error !== undefined && isRefusedError(error.code, document.text, tokens.root)
    return { kind: isRefused ? 'rejects' : 'unknown', position: document.lines(error?.pos[0] ?? 0) }
  }
  const conversion: Conversion = { document, anchors: new Map() }
  const root = convert(composed.contents, conversion)
  return conversion.stop ?? { kind: 'document', root }
}

/** With these, one parser may see an end of the document, of a line or of a tag, or an item, where the other sees text. */
const DIVERGING = /^%|\ufeff|(?:^|\s)![^\s\w!]|-[,[\]{}]/m

/**
 * Errors of the YAML parser that octo-sts's parser was seen to have every time, and the characters with which not: it
 * takes comments and tags without a space before or behind them, brackets without indentation, and the escape `\'`.
 */
const REFUSED_ERRORS: ReadonlyMap<string, RegExp | undefined> = new Map([
  ['BAD_ALIAS', undefined],
  ['BAD_DQ_ESCAPE', /\\'/],
  ['BAD_INDENT', /[[{|>]/],
  ['BAD_SCALAR_START', undefined],
  ['BLOCK_AS_IMPLICIT_KEY', undefined],
  ['KEY_OVER_1024_CHARS', undefined],
  ['MISSING_CHAR', /[#&!|>]/],
  ['MULTILINE_IMPLICIT_KEY', undefined],
  ['TAB_AS_INDENT', undefined],
])

function isRefusedError(code: string, text: string, root: CST.Document): boolean {
  if (DIVERGING.test(text) || !isReadToItsEnd(root.value)) return false
  return REFUSED_ERRORS.has(code) && REFUSED_ERRORS.get(code)?.test(text) !== true
}

/** octo-sts's parser takes YAML 1.1 by its name, and not 1.2. */
function judgeDirectives(
  directives: readonly string[],
  root: CST.Document,
): 'accepts' | 'rejects' | 'unknown' {
  if (directives.length === 0) return 'accepts'
  if (!root.start.some(({ type }) => type === 'doc-start')) return 'rejects'
  if (directives.some((directive) => directive.startsWith('%TAG'))) return 'unknown'
  return directives.length === 1 && /^%YAML[ \t]+1\.1[ \t]*(?:#.*)?$/.test(directives[0] ?? '')
    ? 'accepts'
    : 'rejects'
}

interface Conversion {
  readonly document: DocumentText
  /** What each anchor stands for at this place of the document. */
  readonly anchors: Map<string, OctoStsNode>
  /** Why the conversion is worth nothing. */
  stop?: OctoStsDocument
}

interface ParsedPair {
  readonly key: ParsedNode | null
  readonly value: ParsedNode | null
}

/** Recursive: the tokens were checked to be no deeper than `NESTING_MAX_LEVELS`. */
function convert(node: ParsedNode | null, conversion: Conversion): OctoStsNode {
  const position = conversion.document.lines(node?.range[0] ?? 0)
  if (isAlias(node)) {
    const target = conversion.anchors.get(node.source)
    checkAnchor(node.source, position, conversion)
    if (target !== undefined) return { kind: 'alias', target, position }
    conversion.stop ??= { kind: 'rejects', position }
    return emptyScalar(position)
  }
  if (isMap<ParsedNode | null, ParsedNode | null>(node)) {
    const entries: { key: OctoStsNode; value: OctoStsNode }[] = []
    // Before its entries, because an alias among them may stand for it.
    const map = keepAnchor(node.anchor, { kind: 'map', entries, position }, conversion)
    for (const { key, value } of node.items as readonly ParsedPair[]) {
      entries.push({ key: convert(key, conversion), value: convert(value, conversion) })
    }
    return map
  }
  if (isSeq<ParsedNode | null>(node)) {
    const items: OctoStsNode[] = []
    const list = keepAnchor(node.anchor, { kind: 'list', items, position }, conversion)
    for (const item of node.items) items.push(convert(item, conversion))
    return list
  }
  if (!isScalar(node)) return emptyScalar(position)
  return keepAnchor(node.anchor, convertScalar(node, position, conversion), conversion)
}

function keepAnchor(anchor: string | undefined, node: OctoStsNode, conversion: Conversion): OctoStsNode {
  if (anchor !== undefined) {
    checkAnchor(anchor, node.position, conversion)
    conversion.anchors.set(anchor, node)
  }
  return node
}

/** A name that has other signs ends there before them. */
function checkAnchor(name: string, position: Position, conversion: Conversion): void {
  if (!/^[\w-]+$/.test(name)) conversion.stop ??= { kind: 'unknown', position }
}

function convertScalar(node: Scalar.Parsed, position: Position, conversion: Conversion): OctoStsScalar {
  const text = textOf(node, conversion.document.text)
  const plain = node.type === undefined || node.type === 'PLAIN'
  const reading = typeScalar(text, plain, node.tag)
  if (typeof reading !== 'string') {
    const merges =
      text === '<<' && (node.tag === MERGE_TAG || (plain && node.tag === undefined) || node.tag === '!')
    return { kind: 'scalar', ...reading, merges, position }
  }
  conversion.stop ??= { kind: reading === 'refused' ? 'rejects' : 'unknown', position }
  return emptyScalar(position)
}

function typeScalar(
  text: string,
  plain: boolean,
  tag: string | undefined,
): ScalarReading | 'refused' | 'unknown' {
  if (tag !== undefined) return typeTaggedScalar(tag, text)
  return plain ? typePlainScalar(text) : { type: 'text', text }
}

/** A block whose last line the file ends has no last line break (YAML 1.2, 8.1.1.2), but the parser adds one. */
function textOf(node: Scalar.Parsed, text: string): string {
  const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
  const isCut = isBlock && node.range[1] === text.length && /[^ \n] *$/.test(text)
  return isCut ? node.source.replace(/\n$/, '') : node.source
}

function emptyScalar(position: Position): OctoStsScalar {
  return { kind: 'scalar', type: 'null', text: '', merges: false, position }
}
