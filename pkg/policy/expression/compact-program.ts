import type { RE2JS } from 're2js'

const ASCII_SIZE = 128
const NONE = new Int32Array(0)
const CHARACTERS = Array.from({ length: ASCII_SIZE }, (_, character) => Int32Array.of(character))
const RANGES_OF_ONE = CHARACTERS.map(([character = 0]) => Int32Array.of(character, character))

/**
 * Lets the instructions of a compiled expression share the characters that they match with those of all others.
 *
 * re2js 2.10 gives each instruction a typed array of its own, also an empty one, in two copies of the program: some
 * 550 bytes an instruction, of which this leaves 220. It never writes to them after compiling. They are private
 * members, so its version is held; where they are not as expected, nothing is done.
 */
export function compactProgram(compiled: RE2JS): void {
  const re2 = member(compiled, 're2Input')
  for (const name of ['prog', 'onepass']) {
    const instructions = member(member(re2, name), 'inst')
    if (!Array.isArray(instructions)) continue
    for (const instruction of instructions as readonly unknown[]) {
      const runes = member(instruction, 'runes')
      const shared = runes instanceof Int32Array ? sharedRunes(runes) : undefined
      if (shared !== undefined) Reflect.set(Object(instruction) as object, 'runes', shared)
    }
  }
}

/** The same characters in an array that others use too; undefined for those that are rarely the same. */
function sharedRunes(runes: Int32Array): Int32Array | undefined {
  const [first, last] = runes
  if (first === undefined) return NONE
  if (last === undefined) return CHARACTERS[first]
  return runes.length === 2 && first === last ? RANGES_OF_ONE[first] : undefined
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
