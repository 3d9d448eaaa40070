import { CST, Lexer } from 'yaml'

/** How many collections may be open at once in a document. */
export const NESTING_MAX_LEVELS = 50

/** The finding where a document nests deeper than that, whichever reader meets it. */
export const TOO_DEEP = {
  code: 'nesting_too_deep',
  message: `nested more than ${NESTING_MAX_LEVELS} levels deep`,
} as const

/**
 * Where `text` (LF line breaks) first nests deeper than `maxLevels`; undefined when it does not.
 *
 * Reads the flat sequence of lexical tokens, which takes constant stack, and so respects quotes, block scalars
 * and comments exactly as the parser will. For well-formed text the count is that of the finished tree; what
 * malformed text can hide from it, the token reader stops at while it parses.
 */
export function offsetOfExcessNesting(text: string, maxLevels = NESTING_MAX_LEVELS): number | undefined {
  const measure = createNestingMeter()
  let offset = 0
  for (const lexeme of new Lexer().lex(text)) {
    if (measure(lexeme) > maxLevels) return offset
    // Tokens without width mark the start of a scalar or a document, and the end of a broken flow collection.
    if (lexeme !== CST.SCALAR && lexeme !== CST.DOCUMENT && lexeme !== CST.FLOW_END) offset += lexeme.length
  }
  return undefined
}

/** Takes one lexical token after the other; answers with the depth at each. */
function createNestingMeter(): (lexeme: string) => number {
  /** Kind and indentation of every block collection that is open, outermost first. */
  const blocks: { readonly kind: 'map' | 'list'; readonly indent: number }[] = []
  let flowLevels = 0
  let indent = 0
  let atLineStart = true
  let isScalarNext = false
  let isBlockScalar = false
  /** Block collections that this line has opened or gone on with: the same again is one level more. */
  const onLine = new Set<string>()

  function startLine(): void {
    atLineStart = true
    indent = 0
    onLine.clear()
  }

  function startNode(): void {
    if (!atLineStart || flowLevels > 0) return
    while ((blocks.at(-1)?.indent ?? -1) > indent) blocks.pop()
  }

  function indicateBlock(kind: 'map' | 'list'): void {
    const level = `${kind} ${indent}`
    const isOpen = blocks.some((block) => block.kind === kind && block.indent === indent)
    // A list may stand at the indentation of its map; the next key there ends it.
    const last = blocks.at(-1)
    if (kind === 'map' && isOpen && last?.kind === 'list' && last.indent === indent) blocks.pop()
    if (!isOpen || onLine.has(level)) blocks.push({ kind, indent })
    onLine.add(level)
  }

  function take(type: CST.TokenType, width: number): void {
    startNode()
    switch (type) {
      case 'seq-item-ind':
      case 'explicit-key-ind':
      case 'map-value-ind':
        if (flowLevels === 0) indicateBlock(type === 'seq-item-ind' ? 'list' : 'map')
        if (atLineStart) indent += width
        return
      case 'flow-map-start':
      case 'flow-seq-start':
        flowLevels += 1
        break
      case 'flow-map-end':
      case 'flow-seq-end':
        flowLevels = Math.max(0, flowLevels - 1)
        break
      case 'block-scalar-header':
        isBlockScalar = true
        break
      default:
    }
    atLineStart = false
  }

  return (lexeme) => {
    if (isScalarNext) {
      // The lines of a block scalar open and close nothing, however they are indented.
      if (isBlockScalar) startLine()
      isScalarNext = false
      isBlockScalar = false
      return 0
    }
    const type = CST.tokenType(lexeme)
    switch (type) {
      case null:
      case 'comment':
      case 'doc-mode':
        break
      case 'newline':
        startLine()
        break
      case 'space':
        if (atLineStart && lexeme.startsWith(' ')) indent += lexeme.length
        break
      case 'flow-error-end':
        flowLevels = 0
        break
      case 'scalar':
        isScalarNext = true
        if (!isBlockScalar) take(type, 0)
        break
      default:
        take(type, lexeme.length)
    }
    return blocks.length + flowLevels
  }
}
