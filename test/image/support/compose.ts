import { parse } from 'yaml'

export interface ComposeService {
  readonly image: string
  readonly build?: { readonly context: string; readonly target: string }
  readonly user?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly env_file?: readonly string[]
  readonly secrets?: readonly string[]
  readonly ports?: readonly string[]
  readonly networks: readonly string[]
  readonly profiles?: readonly string[]
  readonly volumes?: readonly string[]
  readonly read_only?: boolean
  readonly privileged?: boolean
  readonly cap_drop?: readonly string[]
  readonly cap_add?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly mem_limit?: string
  readonly pids_limit?: number
  readonly stop_grace_period?: string
  readonly healthcheck?: { readonly test: readonly string[] }
}

export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>
}

/**
 * Reads a compose file with these variables in its environment, `${NAME:?message}` and `${NAME:-default}` among them.
 * https://docs.docker.com/reference/compose-file/interpolation/
 */
export function readCompose(text: string, variables: Readonly<Record<string, string>>): Compose {
  const isComment = (line: string): boolean => /^\s*#/.test(line)
  const content = text.split('\n').filter((line) => !isComment(line))
  const interpolated = content
    .join('\n')
    .replaceAll(/\$\{(\w+)(?::([?-])([^}]*))?\}/g, (_all, name, kind, rest) => {
      const value = variables[String(name)] ?? ''
      if (value !== '') return value
      if (kind === '-') return String(rest)
      throw new Error(`${String(name)} is not set: ${String(rest)}`)
    })
  return parse(interpolated, { merge: true }) as Compose
}
