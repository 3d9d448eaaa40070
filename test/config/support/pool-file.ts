import type { AppPoolConfig, ConfigError } from '#pkg/config'
import { read, type Changes } from './environment.ts'

export const POOLS_PATH = '/pools.yaml'

/** What a file of pools makes in an environment that has no other App. */
export function readPools(
  text: string | Uint8Array,
  changes: Changes = {},
  files: Readonly<Record<string, string>> = {},
) {
  const environment = { APP_SECRET_CERTIFICATE_ENV_VAR: undefined, GITHUB_APP_IDS: undefined }
  const all = { ...environment, APP_CONFIG_FILE: POOLS_PATH, ...changes }
  return read(all, { ...files, [POOLS_PATH]: text })
}

/** The pools of a file that must be valid. */
export function poolsOf(...parameters: Parameters<typeof readPools>): readonly AppPoolConfig[] {
  const result = readPools(...parameters)
  if (!result.ok)
    throw new Error(result.errors.map(({ place, problem }) => `${place}: ${problem}`).join('; '))
  return result.config.github.pools
}

/** The errors of a file, empty when it is valid. */
export function poolErrorsOf(...parameters: Parameters<typeof readPools>): readonly ConfigError[] {
  const result = readPools(...parameters)
  return result.ok ? [] : result.errors
}
