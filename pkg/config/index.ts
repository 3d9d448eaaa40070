export type { AppConfig } from './app-key.ts'
export { renderConfigErrors, type ConfigError } from './config-error.ts'
export type { ReadFile } from './file-types.ts'
export type { DenialDetail } from './github-types.ts'
export {
  readServiceConfig,
  type ConfigSources,
  type ServiceConfig,
  type ServiceConfigResult,
} from './service-config.ts'
export type { Environment } from './variable.ts'
export { VARIABLES, type VariableEntry } from './variables.ts'
