import { CST } from 'yaml'
import type { OctoStsStop } from './octo-sts-stop.ts'

/** Behind these, a tab is no white space to octo-sts's parser, which waits for a key there. */
const KEY_MAY_FOLLOW: ReadonlySet<string> = new Set(['newline', 'seq-item-ind', 'explicit-key-ind'])

/**
 * Takes one lexical token after the other, and answers with the first tab that octo-sts's parser refuses: at the
 * beginning of a line outside of brackets, also of an empty line. Behind spaces, it may be part of a text to it.
 */
export function createTabCheck(): (lexeme: string, offset: number) => OctoStsStop | undefined {
  let before = 'newline'
  let isIndented = false
  let flowLevels = 0
  let isScalarNext = false

  return (lexeme, offset) => {
    const type = isScalarNext ? 'scalar' : (CST.tokenType(lexeme) ?? 'scalar')
    isScalarNext = type === 'scalar' && lexeme === CST.SCALAR
    if (type === 'flow-map-start' || type === 'flow-seq-start') flowLevels += 1
    if (type === 'flow-map-end' || type === 'flow-seq-end') flowLevels = Math.max(0, flowLevels - 1)
    const isRefused =
      type === 'space' && lexeme.includes('\t') && flowLevels === 0 && KEY_MAY_FOLLOW.has(before)
    isIndented = type === 'space' && (isIndented || lexeme.startsWith(' '))
    if (type !== 'doc-mode' && type !== 'space') before = type
    return isRefused ? { kind: isIndented ? 'unknown' : 'rejects', offset, code: 'octo_sts_tab' } : undefined
  }
}
