import { renderConfigErrors, type ConfigResult } from '#pkg/config'
import { StsError } from '#pkg/errors'

/** The configuration that was read. Its environment is of our own making, so an error in it is a defect. */
export function configured<Config>(result: ConfigResult<Config>): Config {
  if (result.ok) return result.config
  throw new StsError('unexpected', { detail: { problem: renderConfigErrors(result.errors) } })
}
