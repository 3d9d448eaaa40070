import { classHas } from '../expression/character-class.ts'
import type { ExpressionNode } from '../expression/expression-syntax.ts'

/**
 * Signs that stand in a template for any text of some kind. Private characters of Unicode: a subject that has one
 * itself has no templates.
 */
export const ANY_TEXT = '\ue000'
/** Any text without a colon. */
export const ANY_PATH = '\ue001'
/** Any text without a colon and without a slash. */
export const ANY_SEGMENT = '\ue002'

/** Any of them. */
export const SIGN = /[\ue000-\ue002]/

/** Alternatives are kept apart up to this many. */
const TEMPLATES_MAX = 16

const DEPTH_MAX = 20

/**
 * The texts that an expression matches, as templates that together match all of them and perhaps more. Undefined for
 * an expression that is not made of texts, alternatives and places where a kind of text may stand.
 */
export function templatesOf(root: ExpressionNode): readonly string[] | undefined {
  return walk(root, 0)
}

function walk(node: ExpressionNode, depth: number): readonly string[] | undefined {
  if (depth > DEPTH_MAX) return undefined
  switch (node.kind) {
    case 'empty':
      return ['']
    case 'literal': {
      const text = String.fromCodePoint(node.codePoint)
      return node.ignoreCase || SIGN.test(text) ? undefined : [text]
    }
    case 'any':
    case 'class':
      return signOf(node)
    case 'assertion':
      return node.assertion === 'start_of_text' || node.assertion === 'end_of_text' ? [''] : undefined
    case 'group':
      return walk(node.node, depth + 1)
    case 'repetition':
      return repeat(node, depth + 1)
    case 'alternation': {
      const branches = node.nodes.map((branch) => walk(branch, depth + 1))
      return branches.every((branch) => branch !== undefined) ? limit(branches.flat()) : undefined
    }
    case 'concatenation':
      return node.nodes.reduce<readonly string[] | undefined>(
        (templates, part) => {
          const next = templates === undefined ? undefined : walk(part, depth + 1)
          if (templates === undefined || next === undefined) return undefined
          return limit(templates.flatMap((template) => next.map((more) => template + more)))
        },
        [''],
      )
  }
}

function repeat(
  { node, min, max }: Extract<ExpressionNode, { kind: 'repetition' }>,
  depth: number,
): readonly string[] | undefined {
  const operand = node.kind === 'group' ? node.node : node
  if (operand.kind === 'any' || operand.kind === 'class') return signOf(operand)
  if (max !== 1) return undefined
  const once = walk(node, depth)
  return once === undefined ? undefined : limit(min === 0 ? ['', ...once] : once)
}

function signOf(node: Extract<ExpressionNode, { kind: 'any' | 'class' }>): readonly string[] {
  if (node.kind === 'any' || classHas(node.class, ':')) return [ANY_TEXT]
  return [classHas(node.class, '/') ? ANY_PATH : ANY_SEGMENT]
}

function limit(templates: readonly string[]): readonly string[] | undefined {
  return templates.length > TEMPLATES_MAX ? undefined : templates
}
