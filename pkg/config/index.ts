export type { AppConfig, AppKeyConfig, AppPoolConfig } from './app-pool.ts'
export { renderConfigErrors, type ConfigError } from './config-error.ts'
export type { ConfigResult, ConfigSources } from './config-result.ts'
export type { EventConfig } from './event-config.ts'
export type { ReadFile } from './file-types.ts'
export type { GitHubConfig, ProxyConfig } from './github-config.ts'
export type { DenialDetail } from './github-types.ts'
export type { KeyProvider } from './key-name.ts'
export {
  readProberConfig,
  type ProberConfig,
  type ProberConfigResult,
  type ProberOptions,
} from './prober-config.ts'
export type { ProberTokenConfig } from './prober-token.ts'
export type { QuotaConfig } from './quota-config.ts'
export { readServiceConfig, type ServiceConfig, type ServiceConfigResult } from './service-config.ts'
export type { RedisConfig, StickyConfig, StoreConfig } from './store-config.ts'
export type { TelemetryConfig } from './telemetry-config.ts'
export type { Environment } from './variable.ts'
export { VARIABLES, type VariableEntry } from './variables.ts'
export { readWebhookConfig, type WebhookConfig, type WebhookConfigResult } from './webhook-config.ts'
