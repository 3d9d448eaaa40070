import { FAULT_CODES } from './fault-codes.ts'
import type { PanelGroup, PanelQuery } from './panel.ts'

/** The median, and what one in twenty and one in a hundred waits at least, of a histogram's buckets. */
function percentiles(buckets: string): readonly PanelQuery[] {
  return ([50, 95, 99] as const).map((percent) => ({
    expr: `histogram_quantile(${percent / 100}, sum by (le) (rate(${buckets}[5m])))`,
    legend: `p${percent}`,
  }))
}

const EXCHANGES: PanelGroup = {
  title: 'Exchanges',
  panels: [
    {
      title: 'Exchanges by code',
      description: 'How exchanges end: OK is a token, everything else a denial or a fault.',
      unit: 'per second',
      queries: [{ expr: 'sum by (code) (rate(sts_exchange_count_total[5m]))', legend: '{{code}}' }],
    },
    {
      title: 'Share of faults',
      description:
        'The share of exchanges that end through a fault of the service or of GitHub; denials are none.',
      unit: 'share',
      queries: [
        {
          expr:
            `(sum(rate(sts_exchange_count_total{code=~"${FAULT_CODES}"}[5m])) or vector(0))` +
            ' / sum(rate(sts_exchange_count_total[5m]))',
          legend: 'faults',
        },
      ],
      threshold: { value: 0.05, direction: 'above' },
    },
    {
      title: 'Time to a token',
      description:
        'How long callers wait who get a token; most of it is the call to GitHub that makes the token.',
      unit: 'seconds',
      queries: percentiles('sts_exchange_duration_bucket{code="OK"}'),
      threshold: { value: 2, direction: 'above' },
    },
    {
      title: 'Denials by reason',
      description: 'Why exchanges end without a token.',
      unit: 'per second',
      queries: [{ expr: 'sum by (reason) (rate(sts_denial_count_total[5m]))', legend: '{{reason}}' }],
    },
    {
      title: 'HTTP by route and status',
      description:
        'Requests over HTTP to the public ports; many of the route "other" are somebody who scans.',
      unit: 'per second',
      queries: [
        {
          expr: 'sum by (http_route, http_response_status_code) (rate(http_server_request_duration_count[5m]))',
          legend: '{{http_route}} {{http_response_status_code}}',
        },
      ],
    },
    {
      title: 'gRPC by method and status',
      description: 'Requests over gRPC; the codes 13 and 14 are faults.',
      unit: 'per second',
      queries: [
        {
          expr: 'sum by (rpc_method, rpc_grpc_status_code) (rate(rpc_server_duration_count[5m]))',
          legend: '{{rpc_method}} {{rpc_grpc_status_code}}',
        },
      ],
    },
  ],
}

const GITHUB: PanelGroup = {
  title: 'GitHub',
  panels: [
    {
      title: 'Budget left, by App',
      description:
        'What is left of the hourly rate limit, in the installation of each App that has the least.',
      unit: 'share',
      queries: [
        {
          expr: 'min by (app) (sts_github_rate_limit_remaining / sts_github_rate_limit_limit)',
          legend: 'App {{app}}',
        },
      ],
      threshold: { value: 0.1, direction: 'below' },
    },
    {
      title: 'Installations with the least left',
      description:
        'The five installations that run out first; every owner has one, and so a limit of its own.',
      unit: 'share',
      queries: [
        {
          expr: 'bottomk(5, min by (app, installation) (sts_github_rate_limit_remaining / sts_github_rate_limit_limit))',
          legend: 'App {{app}}, installation {{installation}}',
        },
      ],
      threshold: { value: 0.1, direction: 'below' },
    },
    {
      title: 'Calls by status',
      description: 'How GitHub answers; "none" is no whole answer.',
      unit: 'per second',
      queries: [
        {
          expr: 'sum by (status_class) (rate(sts_github_call_count_total[5m]))',
          legend: '{{status_class}}',
        },
      ],
    },
    {
      title: 'Calls by operation',
      description: 'What GitHub is asked for, and so what spends the budget.',
      unit: 'per second',
      queries: [
        { expr: 'sum by (operation) (rate(sts_github_call_count_total[5m]))', legend: '{{operation}}' },
      ],
    },
    {
      title: 'Mints by status',
      description: 'Calls that make the tokens of callers; each grant is one of them.',
      unit: 'per second',
      queries: [
        {
          expr: 'sum by (status_class) (rate(sts_github_call_count_total{operation="mint_token"}[5m]))',
          legend: '{{status_class}}',
        },
      ],
    },
    {
      title: "Time of GitHub's answers",
      description: 'What one call in twenty takes at least, by what it is for.',
      unit: 'seconds',
      queries: [
        {
          expr: 'histogram_quantile(0.95, sum by (le, operation) (rate(sts_github_call_duration_bucket[5m])))',
          legend: '{{operation}}',
        },
      ],
    },
  ],
}

const LOOKUPS = 'sum by (cache) (rate(sts_cache_lookup_count_total[5m]))'

const MEMORY: PanelGroup = {
  title: 'Memory and issuers',
  panels: [
    {
      title: 'Answered from memory',
      description: 'The share of look-ups for which nobody had to be asked.',
      unit: 'share',
      queries: [
        {
          expr:
            '(sum by (cache) (rate(sts_cache_lookup_count_total{result=~"hit|negative"}[5m])) or ' +
            `0 * ${LOOKUPS}) / ${LOOKUPS}`,
          legend: '{{cache}}',
        },
      ],
    },
    {
      title: 'Look-ups by result',
      description:
        'What is looked up, and whether it was known; many misses of policies are somebody who tries names.',
      unit: 'per second',
      queries: [
        {
          expr: 'sum by (cache, result) (rate(sts_cache_lookup_count_total[5m]))',
          legend: '{{cache}} {{result}}',
        },
      ],
    },
    {
      title: "Fetches of issuers' keys",
      description: 'How fetches of the keys of issuers end: ok, or the reason why there are none.',
      unit: 'per second',
      queries: [{ expr: 'sum by (outcome) (rate(sts_issuer_fetch_count_total[5m]))', legend: '{{outcome}}' }],
    },
  ],
}

const RECORDS: PanelGroup = {
  title: 'Records and shared state',
  panels: [
    {
      title: 'Records refused',
      description:
        'Records that a sink did not take in the last ten minutes; a required sink then stops the grant.',
      unit: 'count',
      queries: [{ expr: 'sum by (sink) (increase(sts_audit_failure_count_total[10m]))', legend: '{{sink}}' }],
      threshold: { value: 1, direction: 'above' },
    },
    {
      title: 'Events dropped',
      description: 'Events of the last ten minutes that their receiver will never see.',
      unit: 'count',
      queries: [{ expr: 'sum by (sink) (increase(sts_event_dropped_count_total[10m]))', legend: '{{sink}}' }],
      threshold: { value: 1, direction: 'above' },
    },
    {
      title: 'Replicas without the shared store',
      description:
        'Replicas that go on with their own state, by what is wrong with the store; nothing without one.',
      unit: 'count',
      queries: [{ expr: 'sum by (problem) (sts_store_problem)', legend: '{{problem}}' }],
      threshold: { value: 1, direction: 'above' },
    },
  ],
}

const WEBHOOK: PanelGroup = {
  title: 'Webhook',
  panels: [
    {
      title: 'Queue of the webhook',
      description: 'Deliveries that wait for their check, in the replica with the most.',
      unit: 'count',
      queries: [{ expr: 'max(sts_webhook_queue_depth)', legend: 'waiting' }],
      threshold: { value: 50, direction: 'above' },
    },
    {
      title: 'Deliveries by event',
      description:
        "GitHub's deliveries that were taken; none while people push means that GitHub does not get here.",
      unit: 'per second',
      queries: [{ expr: 'sum by (event) (rate(sts_webhook_delivery_count_total[5m]))', legend: '{{event}}' }],
    },
    {
      title: 'Check runs by conclusion',
      description: 'How checks of policies ended in the last hour.',
      unit: 'count',
      queries: [
        { expr: 'sum by (conclusion) (increase(sts_check_run_count_total[1h]))', legend: '{{conclusion}}' },
      ],
    },
  ],
}

const PROBERS: PanelGroup = {
  title: 'Probers',
  panels: [
    {
      title: 'Since a whole run passed',
      description: 'How long ago each prober last found everything as it must be.',
      unit: 'seconds',
      queries: [{ expr: 'time() - max by (prober) (sts_prober_last_success_time)', legend: '{{prober}}' }],
      threshold: { value: 180, direction: 'above' },
    },
    {
      title: 'Runs by outcome',
      description: 'How the runs of the last ten minutes ended.',
      unit: 'count',
      queries: [
        {
          expr: 'sum by (prober, outcome) (increase(sts_prober_run_count_total{step="run"}[10m]))',
          legend: '{{prober}} {{outcome}}',
        },
      ],
    },
    {
      title: 'Steps that did not pass',
      description: 'What exactly the probers missed in the last ten minutes.',
      unit: 'count',
      queries: [
        {
          expr: 'sum by (prober, step, outcome) (increase(sts_prober_run_count_total{step!="run",outcome=~"failed|unknown"}[10m]))',
          legend: '{{prober}} {{step}} {{outcome}}',
        },
      ],
      threshold: { value: 1, direction: 'above' },
    },
    {
      title: 'Time of a run',
      description: 'What one run in twenty takes at least; a prober is a caller with nothing else to do.',
      unit: 'seconds',
      queries: [
        {
          expr: 'histogram_quantile(0.95, sum by (le, prober) (rate(sts_prober_run_duration_bucket{step="run"}[10m])))',
          legend: '{{prober}}',
        },
      ],
    },
  ],
}

/** Everything that a dashboard shows, in its order. */
export const PANEL_GROUPS: readonly PanelGroup[] = [EXCHANGES, GITHUB, MEMORY, RECORDS, WEBHOOK, PROBERS]
