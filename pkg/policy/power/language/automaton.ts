import type { Assertion, ExpressionNode } from '../../expression/expression-syntax.ts'
import { anyCharacter, charactersOfClass, charactersOfLiteral, type CharacterSet } from './character-set.ts'

/** One state: reads a character, goes on without one, or is the end of a match. */
export type State =
  | { readonly kind: 'read'; readonly characters: CharacterSet; readonly to: number }
  | { readonly kind: 'split'; readonly to: readonly number[] }
  /** Goes on at that edge of the text alone. */
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end'; readonly to: number }
  | { readonly kind: 'match' }

/** A nondeterministic automaton that reads whole texts. */
export interface Automaton {
  readonly states: readonly State[]
  readonly start: number
  /** Whether it reads what was asked for, and not only a bound of it. */
  readonly isExact: boolean
}

/**
 * What an automaton may read where it cannot know: an `upper` bound reads all that the expression matches and perhaps
 * more, a `lower` bound nothing else and perhaps less.
 */
export type Bound = 'upper' | 'lower'

/** An expression, and which of its signs the tree does not tell. */
export interface Language {
  readonly syntax: ExpressionNode
  /** Whether some `.` may also be the line feed. */
  readonly maySwitchDot: boolean
  /** Whether a literal may be a negated class under `(?i)` that only looks like one (see `singleMember`). */
  readonly mayHideClass: boolean
}

export interface AutomatonOptions {
  readonly bound: Bound
  /** Whether the texts have no line feed, so that lines are whole texts. */
  readonly isOneLine: boolean
}

/** Nesting is followed this deep, in nodes. */
const DEPTH_MAX = 400

/** Builds the automaton of an expression; undefined where it nests too deeply. */
export function buildAutomaton(language: Language, options: AutomatonOptions): Automaton | undefined {
  const states: State[] = [{ kind: 'match' }]
  /** One for each class or literal, also where a repetition writes it out many times: sets are dear to compare. */
  const sets = new Map<ExpressionNode | string, CharacterSet>()
  const limits = new Set<'inexact' | 'too_deep'>()

  const add = (state: State): number => states.push(state) - 1
  const read = (node: ExpressionNode, makeSet: () => CharacterSet, to: number): number => {
    const key = node.kind === 'literal' ? `${node.codePoint} ${node.ignoreCase}` : node
    const characters = sets.get(key) ?? makeSet()
    sets.set(key, characters)
    return add({ kind: 'read', characters, to })
  }
  const dead = (): number => add({ kind: 'split', to: [] })
  const inexact = (upper: () => number, lower: () => number): number => {
    limits.add('inexact')
    return options.bound === 'upper' ? upper() : lower()
  }

  const build = (node: ExpressionNode, next: number, depth: number): number => {
    if (depth > DEPTH_MAX) {
      limits.add('too_deep')
      return next
    }
    switch (node.kind) {
      case 'empty':
        return next
      case 'literal': {
        const readLiteral = (): number => read(node, () => charactersOfLiteral(node), next)
        return node.ignoreCase && language.mayHideClass ? inexact(readLiteral, dead) : readLiteral()
      }
      case 'any':
        return read(node, buildDot, next)
      case 'class':
        return read(node, () => charactersOfClass(node.class), next)
      case 'assertion':
        return buildAssertion(node.assertion, next)
      case 'group':
        return build(node.node, next, depth + 1)
      case 'concatenation':
        return node.nodes.reduceRight((to, part) => build(part, to, depth + 1), next)
      case 'alternation':
        return add({ kind: 'split', to: node.nodes.map((branch) => build(branch, next, depth + 1)) })
      case 'repetition':
        return buildRepetition(node, next, depth + 1)
    }
  }

  const buildDot = (): CharacterSet => {
    if (options.isOneLine || !language.maySwitchDot) return anyCharacter({ lineFeed: options.isOneLine })
    limits.add('inexact')
    return anyCharacter({ lineFeed: options.bound === 'upper' })
  }

  const buildAssertion = (assertion: Assertion, next: number): number => {
    const edge = (at: 'start' | 'end'): number => add({ kind: 'edge', edge: at, to: next })
    switch (assertion) {
      case 'start_of_text':
      case 'end_of_text':
        return edge(assertion === 'start_of_text' ? 'start' : 'end')
      case 'start_of_line':
      case 'end_of_line': {
        const at = assertion === 'start_of_line' ? 'start' : 'end'
        return options.isOneLine
          ? edge(at)
          : inexact(
              () => next,
              () => edge(at),
            )
      }
      case 'word_boundary':
      case 'no_word_boundary':
        return inexact(() => next, dead)
    }
  }

  const buildRepetition = (
    { node, min, max }: Extract<ExpressionNode, { kind: 'repetition' }>,
    next: number,
    depth: number,
  ): number => {
    let entry = next
    if (max === undefined) {
      const targets = [next]
      const loop = add({ kind: 'split', to: targets })
      const body = build(node, loop, depth)
      targets.push(body)
      entry = min === 0 ? loop : body
    } else {
      for (let copy = min; copy < max; copy += 1) {
        entry = add({ kind: 'split', to: [build(node, entry, depth), next] })
      }
    }
    const written = max === undefined ? min - 1 : min
    for (let copy = 0; copy < written; copy += 1) entry = build(node, entry, depth)
    return entry
  }

  const first = build(language.syntax, 0, 0)
  // A state of its own, so that nothing leads back to where the text starts.
  const start = add({ kind: 'split', to: [first] })
  return limits.has('too_deep') ? undefined : { states, start, isExact: !limits.has('inexact') }
}
