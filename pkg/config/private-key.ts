import type { AppKeyConfig } from './app-pool.ts'
import type { ConfigSources } from './config-result.ts'
import { FILE_PATH, PEM_TEXT, readTextFile } from './file-types.ts'
import { unparsed, parsed, type Parsed, type ValueType } from './value-type.ts'

/** What a PEM has to be, for people. */
export const PRIVATE_KEY_ALLOWED =
  'an RSA private key of at least 2,048 bits in PEM (PKCS#1 or PKCS#8), not encrypted'

/** A private key as text, judged by `findKeyProblem`. */
export function privateKeyType({ findKeyProblem }: ConfigSources): ValueType<AppKeyConfig> {
  return {
    allowed: PRIVATE_KEY_ALLOWED,
    parse: (text) => {
      const pem = PEM_TEXT.parse(text)
      return pem.ok ? judge(pem.value, findKeyProblem) : pem
    },
  }
}

/** The path of a file with a private key, which is read and judged. */
export function privateKeyFileType({ readFile, findKeyProblem }: ConfigSources): ValueType<AppKeyConfig> {
  return {
    allowed: `the path of ${PRIVATE_KEY_ALLOWED}`,
    parse: (text) => {
      const path = FILE_PATH.parse(text)
      const file = path.ok ? readTextFile(path.value, readFile) : path
      return file.ok ? judge(file.value, findKeyProblem) : file
    },
  }
}

function judge(pem: string, findKeyProblem: ConfigSources['findKeyProblem']): Parsed<AppKeyConfig> {
  const problem = findKeyProblem(pem)
  return problem === undefined ? parsed({ kind: 'pem', pem }) : unparsed(problem)
}
