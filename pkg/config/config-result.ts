import type { ConfigError } from './config-error.ts'
import type { ReadFile } from './file-types.ts'

/** What a program's configuration is read from, beside the environment. */
export interface ConfigSources {
  readonly readFile: ReadFile
  /** What is wrong with the text of a private key, in words that do not quote it; undefined if nothing. */
  readonly findKeyProblem: (pem: string) => string | undefined
}

/** A configuration, or everything that is wrong with it. Warnings are sentences for the log, without secrets. */
export type ConfigResult<Config> =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly errors: readonly ConfigError[]; readonly warnings: readonly string[] }

/** `value`, frozen with all that it holds. The entries of a map or a set stay as they are. */
export function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) deepFreeze(member)
  }
  return Object.freeze(value)
}
