import { FAULT_CODES } from './fault-codes.ts'

/** What decides by numbers. */
export interface MetricCondition {
  /** PromQL, about all deployments; a series in its result is an alert. */
  readonly expr: string
  /** How long it has to hold, in minutes. */
  readonly minutes: number
}

export interface Alert {
  /** In kebab case; what policies and rules are called. */
  readonly id: string
  readonly title: string
  /** One sentence: what has happened. */
  readonly summary: string
  /** The heading of docs/runbooks.md that says what to do, as an anchor. */
  readonly runbook: string
  /** `critical` wakes people up, `error` is for today, `warning` for working hours. */
  readonly severity: 'critical' | 'error' | 'warning'
  /** Which program has what is looked at. */
  readonly program: 'app' | 'webhook' | 'prober' | 'any'
  /** For Prometheus; for Cloud Monitoring too where no line of the log says it better. */
  readonly metric?: MetricCondition
  /** What a line of the log has, in Cloud Logging's query language. Cloud Monitoring takes it rather than the metric. */
  readonly log?: string
}

const RATE_LIMITED = 'sts_exchange_count_total{code="RATE_LIMITED"}'

/** Everything that an operator is called for. Thresholds are those of docs/runbooks.md. */
export const ALERTS: readonly Alert[] = [
  {
    id: 'negative-prober-fails',
    title: 'The negative prober fails',
    summary: 'Somebody who must get nothing got a token.',
    runbook: 'the-negative-prober-fails',
    severity: 'critical',
    program: 'prober',
    metric: {
      expr: 'sum(increase(sts_prober_run_count_total{prober="negative-prober",step="run",outcome="failed"}[10m])) > 0',
      minutes: 0,
    },
    log: 'jsonPayload.step.outcome="failed" AND (jsonPayload.prober="negative-prober" OR jsonPayload.step.incident=true)',
  },
  {
    id: 'anomalous-kms-access',
    title: 'The key is used by somebody else',
    summary: 'A key of an App was used, read or changed, and not by the service that signs with it.',
    runbook: 'the-key-is-used-by-somebody-else',
    severity: 'critical',
    program: 'app',
  },
  {
    id: 'prober-fails',
    title: 'A prober does not pass',
    summary: 'No whole run of a prober has passed for three minutes.',
    runbook: 'the-prober-fails',
    severity: 'error',
    program: 'prober',
    metric: {
      expr:
        'time() - max by (prober) (sts_prober_last_success_time) > 180 or ' +
        'sum by (prober) (sts_prober_run_count_total{step="run"}) unless on (prober) sts_prober_last_success_time',
      minutes: 1,
    },
  },
  {
    id: 'service-not-ready',
    title: 'The service is not ready',
    summary: 'GitHub does not confirm the key of an App.',
    runbook: 'the-service-is-not-ready',
    severity: 'error',
    program: 'any',
    metric: {
      expr: 'sum by (app) (increase(sts_github_call_count_total{operation="check_key",status_class!="2xx"}[2m])) > 0',
      minutes: 3,
    },
  },
  {
    id: 'error-ratio',
    title: 'Exchanges fail',
    summary: 'More than one exchange in twenty ends through a fault of the service or of GitHub.',
    runbook: 'error-ratio',
    severity: 'error',
    program: 'app',
    metric: {
      expr:
        `sum(rate(sts_exchange_count_total{code=~"${FAULT_CODES}"}[5m]))` +
        ' / sum(rate(sts_exchange_count_total[5m])) > 0.05',
      minutes: 5,
    },
  },
  {
    id: 'records-refused',
    title: 'Records are refused',
    summary: 'A sink did not take a record.',
    runbook: 'records-are-refused',
    severity: 'error',
    program: 'app',
    metric: { expr: 'sum by (sink) (increase(sts_audit_failure_count_total[5m])) > 0', minutes: 0 },
  },
  {
    id: 'github-rate-limit',
    title: 'GitHub API rate limit',
    summary: 'A caller was denied because an installation has used up its hour at GitHub.',
    runbook: 'rate-limit-of-github',
    severity: 'warning',
    program: 'app',
    metric: {
      // A series that begins with its first event never increases: what is new counts too.
      expr: `sum by (code) (increase(${RATE_LIMITED}[10m])) > 0 or sum by (code) (${RATE_LIMITED}) unless sum by (code) (${RATE_LIMITED} offset 10m)`,
      minutes: 0,
    },
    log: 'jsonPayload.record.outcome="RATE_LIMITED"',
  },
  {
    id: 'github-budget-low',
    title: 'GitHub budget is low',
    summary: 'An installation of an App has less than a tenth of its hour at GitHub left.',
    runbook: 'rate-limit-of-github',
    severity: 'warning',
    program: 'any',
    metric: {
      expr: 'min by (app, installation) (sts_github_rate_limit_remaining / sts_github_rate_limit_limit) < 0.1',
      minutes: 0,
    },
  },
  {
    id: 'webhook-queue-grows',
    title: 'The queue of the webhook grows',
    summary: 'More than 50 deliveries of GitHub have waited for ten minutes.',
    runbook: 'the-queue-of-the-webhook-grows',
    severity: 'warning',
    program: 'webhook',
    metric: { expr: 'max(sts_webhook_queue_depth) > 50', minutes: 10 },
  },
  {
    id: 'shared-store-gone',
    title: 'The shared store is gone',
    summary: 'Replicas have gone on with their own state for five minutes.',
    runbook: 'the-shared-store-is-gone',
    severity: 'warning',
    program: 'any',
    metric: { expr: 'sum by (problem) (sts_store_problem) > 0', minutes: 5 },
  },
  {
    id: 'events-dropped',
    title: 'Events are dropped',
    summary: 'Events were dropped that their receiver will never see.',
    runbook: 'events-are-dropped',
    severity: 'warning',
    program: 'app',
    metric: { expr: 'sum by (sink) (increase(sts_event_dropped_count_total[10m])) > 0', minutes: 0 },
    // A line comes at most once a minute: what was dropped in between is counted in the next.
    log: 'jsonPayload.sink="events" AND (jsonPayload.dropped>0 OR jsonPayload.problem="refused")',
  },
  {
    id: 'trust-policy-not-found',
    title: 'Policies that are not there',
    summary: 'Somebody asks again and again for an identity that has no policy.',
    runbook: 'policies-that-are-not-there',
    severity: 'warning',
    program: 'app',
    metric: {
      // What the prober asks for is not there on purpose.
      expr:
        'sum(increase(sts_denial_count_total{reason="policy_missing"}[1h])) - ' +
        '(sum(increase(sts_prober_run_count_total{prober="prober",step=~"unknown_identity_refused_.+",outcome="passed"}[1h])) or vector(0)) > 200',
      minutes: 0,
    },
    log: 'jsonPayload.record.reason="policy_missing"',
  },
]

/** Where the runbooks are read. */
export const RUNBOOKS_URL = 'https://github.com/github-sts/github-sts/blob/main/docs/runbooks.md'
