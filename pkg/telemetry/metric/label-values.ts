import { CODE_OF_REASON, MESSAGES } from '#pkg/errors'
import type { StoreProblem } from '#pkg/store'

/** What a label says in place of a value that it is not meant to have. */
export const OTHER = 'other'

/** Values that are all known: anything else becomes {@link OTHER}. */
export interface ClosedLabel {
  readonly values: readonly string[]
}

/** Values that the operator or GitHub names: what does not look like one, or is one too many, becomes {@link OTHER}. */
export interface OpenLabel {
  readonly pattern: RegExp
  /** Only this many values are told apart. */
  readonly max: number
}

export type LabelBound = ClosedLabel | OpenLabel

export const CODE: LabelBound = { values: ['OK', ...Object.keys(MESSAGES)] }
export const REASON: LabelBound = { values: Object.keys(CODE_OF_REASON) }
export const LEVEL: LabelBound = { values: ['repository', 'organization', 'none'] }
export const TRANSPORT: LabelBound = { values: ['grpc', 'http'] }
export const CACHE: LabelBound = {
  values: ['installation', 'issuer_keys', 'issuer_list', 'read_token', 'trust_policy'],
}
export const CACHE_RESULT: LabelBound = { values: ['hit', 'miss', 'stale', 'negative'] }
export const FETCH_OUTCOME: LabelBound = { values: ['ok', ...Object.keys(CODE_OF_REASON)] }

/** The same set as `Operation` of pkg/github, which stands above. */
export const OPERATION: LabelBound = {
  values: [
    'check_key',
    'compare_commits',
    'create_check_run',
    'find_installation',
    'list_deliveries',
    'list_folder',
    'mint_probe_token',
    'mint_read_token',
    'mint_review_token',
    'mint_token',
    'read_file',
    'redeliver',
    'revoke_token',
    'update_check_run',
  ],
}
export const STATUS_CLASS: LabelBound = { values: ['1xx', '2xx', '3xx', '4xx', '5xx', 'none'] }
export const METHOD: LabelBound = { values: ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] }

/** An App is known by its number or by its client id. */
export const APP: LabelBound = { pattern: /^[A-Za-z0-9.]{1,40}$/, max: 64 }
export const INSTALLATION: LabelBound = { pattern: /^[1-9][0-9]{0,15}$/, max: 1_000 }

/** Paths of the public port, of both services. */
export const HTTP_ROUTE: LabelBound = {
  values: ['/', '/healthcheck', '/healthz', '/readyz', '/sts/exchange', '/sts/exchange_refresh_token', OTHER],
}
export const RPC_SYSTEM: LabelBound = { values: ['grpc'] }
/** Methods of the gRPC services. */
export const RPC_METHOD: LabelBound = { values: ['Exchange', 'ExchangeRefreshToken', OTHER] }
/** The known ones, because a status is a number that GitHub or a proxy before it chooses. */
export const HTTP_STATUS: LabelBound = { pattern: /^[1-5][0-9]{2}$/, max: 40 }
/** https://grpc.io/docs/guides/status-codes/ */
export const GRPC_STATUS_CODE: LabelBound = { values: Array.from({ length: 17 }, (_, code) => String(code)) }

/** Where records and events go to; named in the code of the programs. */
export const SINK: LabelBound = { pattern: /^[a-z][a-z_]{0,19}$/, max: 8 }

/** What can be wrong with the shared store; `none` where nothing is. */
const STORE_PROBLEMS: Readonly<Record<StoreProblem | 'none', true>> = {
  none: true,
  unreachable: true,
  certificate_refused: true,
  access_denied: true,
  timeout: true,
  malformed_answer: true,
  full: true,
  read_only: true,
  not_ready: true,
  refused: true,
  overloaded: true,
  invalid: true,
  closed: true,
}
export const STORE_PROBLEM: LabelBound = { values: Object.keys(STORE_PROBLEMS) }

/** The events that an App of this service receives; `refused` for a delivery that is not believed. */
export const EVENT: LabelBound = {
  values: [
    'check_run',
    'check_suite',
    'installation',
    'installation_repositories',
    'installation_target',
    'merge_group',
    'organization',
    'ping',
    'pull_request',
    'push',
    'refused',
    'repository',
    OTHER,
  ],
}
export const CONCLUSION: LabelBound = { values: ['success', 'failure', 'cancelled', OTHER] }

export const PROBER: LabelBound = { values: ['prober', 'negative-prober'] }
export const PROBER_STEP: LabelBound = {
  values: [
    'run',
    'token',
    'exchange_grpc',
    'exchange_json',
    'read_policy',
    'list_issues',
    'create_issue_refused',
    'wrong_audience_refused_grpc',
    'wrong_audience_refused_json',
    'unknown_identity_refused_grpc',
    'unknown_identity_refused_json',
    'revoke',
    ...['other_identity', 'wrong_audience', 'expired', 'broken_signature'].flatMap((refused) => [
      `${refused}_grpc`,
      `${refused}_json`,
    ]),
  ],
}
export const PROBER_OUTCOME: LabelBound = { values: ['passed', 'failed', 'unknown', 'skipped'] }
