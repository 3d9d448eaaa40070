import { classWork } from './character-class.ts'
import { listNodes, type ExpressionNode } from './expression-syntax.ts'

/** What re2js adds for the anchors, the match and the failure around `^(?:p)$`. */
const FRAME_INSTRUCTIONS = 4

interface Measure {
  readonly instructions: number
  /** Whether it can match the empty text: `*` over such an expression costs one instruction more. */
  readonly nullable: boolean
}

/**
 * The number of instructions that re2js makes of `^(?:p)$` with every counted repetition written out, found without
 * making them. Never less than re2js' own `programSize()`, which simplifies some expressions to less.
 */
export function programSize(root: ExpressionNode): number {
  const measures = new Map<ExpressionNode, Measure>()
  for (const node of listNodes(root)) measures.set(node, measure(node, measures))
  return FRAME_INSTRUCTIONS + measureOf(root, measures).instructions
}

/** The work of all character classes of an expression, see `classWork`. */
export function totalClassWork(root: ExpressionNode): number {
  return listNodes(root).reduce((sum, node) => sum + (node.kind === 'class' ? classWork(node.class) : 0), 0)
}

function measure(node: ExpressionNode, measures: ReadonlyMap<ExpressionNode, Measure>): Measure {
  switch (node.kind) {
    case 'literal':
    case 'any':
    case 'class':
      return { instructions: 1, nullable: false }
    case 'empty':
    case 'assertion':
      return { instructions: 1, nullable: true }
    case 'group': {
      const inner = measureOf(node.node, measures)
      return node.capturing ? { ...inner, instructions: inner.instructions + 2 } : inner
    }
    case 'concatenation':
      return node.nodes.reduce<Measure>(
        (sum, part) => {
          const { instructions, nullable } = measureOf(part, measures)
          return { instructions: sum.instructions + instructions, nullable: sum.nullable && nullable }
        },
        { instructions: 0, nullable: true },
      )
    case 'alternation':
      return node.nodes.reduce<Measure>(
        (sum, branch) => {
          const { instructions, nullable } = measureOf(branch, measures)
          return {
            instructions: sum.instructions + 1 + instructions,
            nullable: sum.nullable || nullable,
          }
        },
        { instructions: -1, nullable: false },
      )
    case 'repetition':
      return measureRepetition(node.min, node.max, measureOf(node.node, measures))
  }
}

function measureRepetition(min: number, max: number | undefined, operand: Measure): Measure {
  const { instructions, nullable } = operand
  if (max !== undefined) {
    // `x{0}` is empty, and an empty branch of an alternation is an instruction.
    return { instructions: Math.max(1, max * instructions + (max - min)), nullable: nullable || min === 0 }
  }
  if (min > 0) return { instructions: min * instructions + 1, nullable }
  return { instructions: instructions + (nullable ? 2 : 1), nullable: true }
}

function measureOf(node: ExpressionNode, measures: ReadonlyMap<ExpressionNode, Measure>): Measure {
  return measures.get(node) ?? { instructions: 0, nullable: true }
}
