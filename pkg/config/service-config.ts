import type { IssuerList } from '#pkg/policy'
import { readAppPools, withoutReplaced } from './app-pools.ts'
import { describeValue, type ConfigError } from './config-error.ts'
import { deepFreeze, type ConfigResult, type ConfigSources } from './config-result.ts'
import { readEvents, type EventConfig } from './event-config.ts'
import { readTextFile, type ReadFile } from './file-types.ts'
import { readAuthorities, readGitHub, type GitHubConfig } from './github-config.ts'
import type { DenialDetail } from './github-types.ts'
import { isFileLocation } from './issuer-types.ts'
import { LATER_VARIABLES } from './later-variables.ts'
import { checkLaterVariables, readValues } from './read-values.ts'
import { readQuota, type QuotaConfig } from './quota-config.ts'
import { SERVICE_VARIABLES, type ServiceValues } from './service-variables.ts'
import {
  judgeStickyStore,
  readSticky,
  readStore,
  type StickyConfig,
  type StoreConfig,
} from './store-config.ts'
import { readTelemetry, type TelemetryConfig } from './telemetry-config.ts'
import { warnOfUnknownVariables } from './unknown-variable.ts'
import { textOf, type Environment } from './variable.ts'
import { VARIABLE_NAMES } from './variables.ts'

/** All that the security token service is told from outside, validated and frozen. Holds private keys. */
export interface ServiceConfig {
  /** The audience that tokens must carry where a policy names none; also the domain of errors and events. */
  readonly domain: string
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  readonly listener: {
    /** Undefined: every address. */
    readonly host: string | undefined
    /** 0: the system chooses. */
    readonly port: number
    readonly reflection: boolean
    /** Entries of `X-Forwarded-For`, from the right, that are believed; 0: the socket's address counts. */
    readonly trustedHops: number
    /** Milliseconds between the turn of readiness and the end of accepting. */
    readonly drainDelayMs: number
  }
  readonly github: GitHubConfig
  readonly issuers: {
    /** The issuers that are served at all; undefined: any. */
    readonly serverList: IssuerList | undefined
    readonly allowLoopback: boolean
    /** Origins of issuers that may be on private addresses. */
    readonly privateOrigins: readonly string[]
    /** Certificate authorities (PEM) beside the system's. */
    readonly certificateAuthorities: string | undefined
    /** Issuer to the https URL or file of its key set. The files could be read when the configuration was. */
    readonly keySetOverrides: ReadonlyMap<string, string>
  }
  /** Who is served at all, and how much. */
  readonly limits: {
    /** Owners, in lower case; undefined: any. */
    readonly owners: ReadonlySet<string> | undefined
    /** Of an OIDC token, in milliseconds; undefined: any. */
    readonly maxTokenLifetimeMs: number | undefined
    /** Names that are not there, which one issuer may ask of one owner; at least 1. */
    readonly missesPerMinute: number
  }
  /** Which of several Apps serves. */
  readonly quota: QuotaConfig
  readonly store: StoreConfig
  readonly sticky: StickyConfig
  readonly policies: {
    readonly orgPolicyRepo: string
    /** How long a trust policy counts as fresh, in milliseconds. */
    readonly freshnessMs: number
    readonly allowOrgPermissionsInRepoPolicies: boolean
    readonly strict: boolean
    /** Owners, in lower case, that must have an issuer list; `*` stands for every owner. */
    readonly issuerListRequired: ReadonlySet<string>
  }
  readonly answers: {
    readonly denialDetail: DenialDetail
    /** Whether the answer says when its token expires. */
    readonly expiry: boolean
  }
  readonly telemetry: TelemetryConfig
  /** Undefined: no events are sent. */
  readonly events: EventConfig | undefined
  /** Google's metadata server, as `host` or `host:port`; undefined: the usual one. */
  readonly metadataHost: string | undefined
}

export type ServiceConfigResult = ConfigResult<ServiceConfig>

/**
 * Reads the configuration of the security token service. Never throws: gives either a configuration, or
 * everything that is wrong with it at once. Warnings are sentences for the log; they hold no secrets.
 *
 * Reads everything anew each time: a running service reads again for the pools of Apps, and keeps its own where the
 * new ones are not valid.
 */
export function readServiceConfig(environment: Environment, sources: ConfigSources): ServiceConfigResult {
  const errors: ConfigError[] = []
  const report = (error: ConfigError): void => void errors.push(error)
  const values = readValues(SERVICE_VARIABLES, withoutReplaced(environment), report)
  const laterWarnings = checkLaterVariables(LATER_VARIABLES, environment, report)
  const apps = readAppPools(values, environment, sources, report)
  const pools = apps?.pools ?? []
  const warnings = [
    ...laterWarnings,
    ...judgeStickyStore(values, report),
    ...warnOfUnknownVariables(environment, new Set([...VARIABLE_NAMES, ...(apps?.references ?? [])])),
    ...warnOfUnusedRedis(values),
  ]
  const github = readGitHub(values, pools, sources.readFile, report)
  const quota = readQuota(values, report)
  const sticky = readSticky(values, pools)
  const store = readStore(values, sticky, environment, sources.readFile, report)
  checkLoopbackIssuers(values, environment, report)
  checkKeySetFiles(values, environment, sources.readFile, report)
  const issuerAuthorities = readAuthorities(
    'STS_ISSUER_CA_FILE',
    values.STS_ISSUER_CA_FILE,
    sources.readFile,
    report,
  )
  const telemetry = readTelemetry(values, true, report)
  const events = readEvents(values, report)
  const { PORT: port, STS_DOMAIN: domain } = values
  if (errors.length > 0 || apps === undefined || port === undefined || domain === undefined) {
    return { ok: false, errors, warnings }
  }
  const parts = { values, github, port, domain, quota, store, sticky, issuerAuthorities, telemetry, events }
  return { ok: true, config: deepFreeze(configOf(parts)), warnings }
}

interface Parts {
  readonly values: ServiceValues
  readonly github: GitHubConfig
  readonly port: number
  readonly domain: string
  readonly quota: QuotaConfig
  readonly store: StoreConfig
  readonly sticky: StickyConfig
  readonly issuerAuthorities: string | undefined
  readonly telemetry: TelemetryConfig
  readonly events: EventConfig | undefined
}

function configOf(parts: Parts): ServiceConfig {
  const { values, github, port, domain, quota, store, sticky, issuerAuthorities, telemetry, events } = parts
  return {
    domain,
    logLevel: values.STS_LOG_LEVEL,
    listener: {
      host: values.STS_HOST,
      port,
      reflection: values.STS_REFLECTION,
      trustedHops: values.STS_TRUSTED_HOPS,
      drainDelayMs: values.STS_DRAIN_DELAY,
    },
    github,
    issuers: {
      serverList: serverListOf(values),
      allowLoopback: values.STS_ALLOW_LOOPBACK_ISSUERS,
      privateOrigins: values.STS_ALLOWED_PRIVATE_ISSUERS ?? [],
      certificateAuthorities: issuerAuthorities,
      keySetOverrides: values.STS_JWKS_OVERRIDES ?? new Map(),
    },
    limits: {
      owners: values.STS_ALLOWED_ORGS === undefined ? undefined : new Set(values.STS_ALLOWED_ORGS),
      maxTokenLifetimeMs: values.STS_MAX_TOKEN_LIFETIME,
      missesPerMinute: values.STS_MISS_BUDGET,
    },
    quota,
    store,
    sticky,
    policies: {
      orgPolicyRepo: values.ORG_POLICY_REPO,
      freshnessMs: values.STS_POLICY_FRESHNESS,
      allowOrgPermissionsInRepoPolicies: values.STS_ALLOW_ORG_PERMISSIONS_IN_REPO_POLICIES,
      strict: values.STS_STRICT_POLICIES,
      issuerListRequired: new Set(values.STS_ISSUER_LIST_REQUIRED),
    },
    answers: { denialDetail: values.STS_DENIAL_DETAIL, expiry: values.STS_ANSWER_EXPIRY },
    telemetry,
    events,
    metadataHost: values.GCE_METADATA_HOST,
  }
}

/** Whoever names a Redis wants to share something. */
function warnOfUnusedRedis(values: ServiceValues): readonly string[] {
  const isWanted = values.STS_STORE === 'redis' || values.OCTOSTS_STICKY_STORE === 'redis'
  if (values.STS_REDIS_URL === undefined || isWanted) return []
  return ['STS_REDIS_URL is not used: STS_STORE is memory']
}

function serverListOf(values: ServiceValues): IssuerList | undefined {
  const { STS_ALLOWED_ISSUERS: issuers, STS_ALLOWED_ISSUER_PATTERNS: patterns } = values
  if (issuers === undefined && patterns === undefined) return undefined
  const source = { issuers: issuers ?? [], issuer_patterns: (patterns ?? []).map(({ pattern }) => pattern) }
  return { source, mode: 'enforce', issuers: new Set(issuers), patterns: patterns ?? [] }
}

/** A plain-http issuer is served only with the switch for loopback issuers: without it, its entry is a mistake. */
function checkLoopbackIssuers(
  values: ServiceValues,
  environment: Environment,
  report: (error: ConfigError) => void,
): void {
  if (values.STS_ALLOW_LOOPBACK_ISSUERS) return
  const issuersOf = {
    STS_ALLOWED_ISSUERS: values.STS_ALLOWED_ISSUERS ?? [],
    STS_JWKS_OVERRIDES: [...(values.STS_JWKS_OVERRIDES?.keys() ?? [])],
  }
  for (const name of ['STS_ALLOWED_ISSUERS', 'STS_JWKS_OVERRIDES'] as const) {
    if (!issuersOf[name].some((issuer) => issuer.startsWith('http:'))) continue
    const variable = SERVICE_VARIABLES[name]
    report({
      variable: name,
      holds: describeValue(textOf(name, variable, environment), variable),
      problem: 'an issuer over plain http, and STS_ALLOW_LOOPBACK_ISSUERS is not true',
      allowed: variable.type.allowed,
    })
  }
}

function checkKeySetFiles(
  values: ServiceValues,
  environment: Environment,
  readFile: ReadFile,
  report: (error: ConfigError) => void,
): void {
  const variable = SERVICE_VARIABLES.STS_JWKS_OVERRIDES
  for (const [issuer, location] of values.STS_JWKS_OVERRIDES ?? []) {
    const file = isFileLocation(location) ? readTextFile(location, readFile) : undefined
    if (file === undefined || file.ok) continue
    report({
      variable: 'STS_JWKS_OVERRIDES',
      holds: describeValue(textOf('STS_JWKS_OVERRIDES', variable, environment), variable),
      problem: `${issuer}: ${file.problem ?? 'the file cannot be used'}`,
      allowed: variable.type.allowed,
    })
  }
}
