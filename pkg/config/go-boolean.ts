import { parsed, unparsed, type ValueType } from './value-type.ts'

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

/** A boolean in the spellings of Go's `strconv.ParseBool`. https://pkg.go.dev/strconv#ParseBool */
export const BOOLEAN: ValueType<boolean> = {
  allowed: 'true or false (also 1, t, T, TRUE, True, 0, f, F, FALSE, False)',
  parse: (text) => (TRUE.has(text) ? parsed(true) : FALSE.has(text) ? parsed(false) : unparsed()),
}
