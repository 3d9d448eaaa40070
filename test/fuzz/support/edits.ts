import fc from 'fast-check'

/** One change to a text, by relative places, so that it fits a text of any length. */
interface Edit {
  readonly kind: 'insert' | 'delete' | 'replace' | 'repeat' | 'move' | 'flip'
  /** From 0 to 1. */
  readonly at: number
  readonly length: number
  readonly text: string
}

/** Code units that a repetition may copy; a run of them gets past limits of length now and then. */
const REPEATED_MAX = 20_000

/**
 * Variants of `originals`: each with a few edits, which insert what `pieces` gives. A text stands for bytes
 * where it comes from `latin1`.
 */
export function edited(
  originals: fc.Arbitrary<string>,
  pieces: fc.Arbitrary<string>,
  maxEdits = 4,
): fc.Arbitrary<string> {
  const edit: fc.Arbitrary<Edit> = fc.record({
    kind: fc.constantFrom('insert', 'delete', 'replace', 'repeat', 'move', 'flip'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 1, max: 8 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 300 }) },
    ),
    text: pieces,
  })
  return fc
    .tuple(originals, fc.array(edit, { maxLength: maxEdits }))
    .map(([original, edits]) => edits.reduce(apply, original))
}

function apply(text: string, { kind, at, length, text: piece }: Edit): string {
  const start = Math.floor(at * text.length)
  const before = text.slice(0, start)
  const cut = text.slice(start, start + length)
  const after = text.slice(start + length)
  switch (kind) {
    case 'insert':
      return before + piece + text.slice(start)
    case 'delete':
      return before + after
    case 'replace':
      return before + piece + after
    case 'repeat':
      return before + cut.repeat(Math.min(length + 1, Math.ceil(REPEATED_MAX / (cut.length + 1)))) + after
    case 'move':
      return cut + before + after
    case 'flip':
      return text.slice(0, start) + flipBit(text.charCodeAt(start), length) + text.slice(start + 1)
  }
}

function flipBit(unit: number, length: number): string {
  return Number.isNaN(unit) ? '' : String.fromCharCode(unit ^ (1 << (length % 8)))
}

/** The bytes in pieces, cut at these places, counted round and round. */
export function cutAt(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const inside = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b)
  const places = [0, ...inside, bytes.length]
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}
