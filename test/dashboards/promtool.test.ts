import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { fencesOf, readPage } from '../docs/support/page.ts'
import { unless } from '../support/requirement.ts'
import { PANEL_QUERIES } from './support/dashboard-queries.ts'

const RULES = fileURLToPath(new URL('../../iac/prometheus/github-sts.rules.yaml', import.meta.url))
const hasPromtool = spawnSync('promtool', ['--version'], { stdio: 'ignore' }).status === 0
const skip = unless('promtool', hasPromtool, 'promtool')

/** Runs promtool in a folder that has the rules; YAML of its input is JSON here. */
function promtool(
  args: readonly string[],
  input: object,
): { readonly status: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'promtool-'))
  try {
    copyFileSync(RULES, join(folder, 'rules.yaml'))
    writeFileSync(join(folder, 'input.yaml'), JSON.stringify(input))
    const { status, stdout, stderr } = spawnSync('promtool', [...args, 'input.yaml'], {
      cwd: folder,
      encoding: 'utf8',
    })
    return { status, output: `${stdout}${stderr}` }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Situation {
  readonly alert: string
  readonly when: string
  /** Series, each with its values by the minute in the notation of promtool. */
  readonly series: Readonly<Record<string, string>>
  /** In minutes. */
  readonly at: number
  readonly fires: boolean
}

const RUNS = 'sts_prober_run_count_total'
const CALLS = 'sts_exchange_count_total'

const SITUATIONS: readonly Situation[] = [
  {
    alert: 'GithubStsNegativeProberFails',
    when: 'one run failed',
    series: { [`${RUNS}{prober="negative-prober",step="run",outcome="failed"}`]: '0x5 1x10' },
    at: 8,
    fires: true,
  },
  {
    alert: 'GithubStsNegativeProberFails',
    when: 'the prober failed',
    series: { [`${RUNS}{prober="prober",step="run",outcome="failed"}`]: '0x5 1x10' },
    at: 8,
    fires: false,
  },
  {
    alert: 'GithubStsProberFails',
    when: 'the last run that passed is four minutes ago',
    series: { 'sts_prober_last_success_time{prober="prober"}': '60x20' },
    at: 6,
    fires: true,
  },
  {
    alert: 'GithubStsProberFails',
    when: 'every run passes',
    series: {
      'sts_prober_last_success_time{prober="prober"}': '0+60x20',
      [`${RUNS}{prober="prober",step="run",outcome="passed"}`]: '0+1x20',
    },
    at: 15,
    fires: false,
  },
  {
    alert: 'GithubStsProberFails',
    when: 'no run has passed since the start',
    series: { [`${RUNS}{prober="prober",step="run",outcome="unknown"}`]: '0+1x20' },
    at: 5,
    fires: true,
  },
  {
    alert: 'GithubStsServiceNotReady',
    when: 'GitHub refuses the key again and again',
    series: { 'sts_github_call_count_total{operation="check_key",status_class="4xx",app="1"}': '1+2x20' },
    at: 10,
    fires: true,
  },
  {
    alert: 'GithubStsServiceNotReady',
    when: 'GitHub refused the key once',
    series: { 'sts_github_call_count_total{operation="check_key",status_class="4xx",app="1"}': '0 1x20' },
    at: 10,
    fires: false,
  },
  {
    alert: 'GithubStsErrorRatio',
    when: 'one in ten is a fault',
    series: { [`${CALLS}{code="OK"}`]: '0+90x30', [`${CALLS}{code="INTERNAL"}`]: '0+10x30' },
    at: 20,
    fires: true,
  },
  {
    alert: 'GithubStsErrorRatio',
    when: 'one in two is a denial',
    series: { [`${CALLS}{code="OK"}`]: '0+50x30', [`${CALLS}{code="POLICY_MISMATCH"}`]: '0+50x30' },
    at: 20,
    fires: false,
  },
  {
    alert: 'GithubStsRecordsRefused',
    when: 'one was',
    series: { 'sts_audit_failure_count_total{sink="events"}': '0x5 1x10' },
    at: 7,
    fires: true,
  },
  {
    alert: 'GithubStsGithubRateLimit',
    when: 'the first denial made the series',
    series: { [`${CALLS}{code="RATE_LIMITED"}`]: '_x14 1x10' },
    at: 17,
    fires: true,
  },
  {
    alert: 'GithubStsGithubRateLimit',
    when: 'the last denial is half an hour ago',
    series: { [`${CALLS}{code="RATE_LIMITED"}`]: '1x60' },
    at: 31,
    fires: false,
  },
  {
    alert: 'GithubStsGithubBudgetLow',
    when: 'a twentieth is left',
    series: {
      'sts_github_rate_limit_remaining{app="1",installation="2"}': '250x10',
      'sts_github_rate_limit_limit{app="1",installation="2"}': '5000x10',
    },
    at: 5,
    fires: true,
  },
  {
    alert: 'GithubStsWebhookQueueGrows',
    when: '60 wait for a quarter of an hour',
    series: { sts_webhook_queue_depth: '60x20' },
    at: 15,
    fires: true,
  },
  {
    alert: 'GithubStsSharedStoreGone',
    when: 'it is away for ten minutes',
    series: { 'sts_store_problem{problem="timeout"}': '1x20' },
    at: 10,
    fires: true,
  },
  {
    alert: 'GithubStsSharedStoreGone',
    when: 'it is there',
    series: { 'sts_store_problem{problem="none"}': '0x20' },
    at: 10,
    fires: false,
  },
  {
    alert: 'GithubStsEventsDropped',
    when: 'one was',
    series: { 'sts_event_dropped_count_total{sink="events"}': '0x5 1x10' },
    at: 8,
    fires: true,
  },
  {
    alert: 'GithubStsTrustPolicyNotFound',
    when: 'there are five a minute',
    series: { 'sts_denial_count_total{reason="policy_missing"}': '0+5x90' },
    at: 70,
    fires: true,
  },
  {
    alert: 'GithubStsTrustPolicyNotFound',
    when: 'all of five a minute are the prober',
    series: {
      'sts_denial_count_total{reason="policy_missing"}': '0+5x90',
      [`${RUNS}{prober="prober",step="unknown_identity_refused_grpc",outcome="passed"}`]: '0+5x90',
    },
    at: 70,
    fires: false,
  },
]

/** What promtool counts as an alert that fires, of any number and with any labels. */
function testOf({ alert, series, at, fires }: Situation): object {
  return {
    rule_files: ['rules.yaml'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [
          {
            expr: `count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`,
            eval_time: `${at}m`,
            exp_samples: [{ value: fires ? 1 : 0, labels: '{}' }],
          },
        ],
      },
    ],
  }
}

describe('the rules of Prometheus', { skip }, () => {
  it('are rules', () => {
    const { status, output } = promtool(['check', 'rules', 'rules.yaml'], { groups: [] })
    assert.equal(status, 0, output)
  })

  for (const situation of SITUATIONS) {
    const { alert, when, fires } = situation
    it(`${fires ? 'call' : 'do not call'} when ${when}: ${alert}`, () => {
      const { status, output } = promtool(['test', 'rules'], testOf(situation))
      assert.equal(status, 0, output)
    })
  }

  it('each have a situation in which they call', () => {
    const named = Array.from(
      readPage('iac/prometheus/github-sts.rules.yaml').matchAll(/alert: (\w+)/g),
      ([, name]) => name,
    )
    const calling = SITUATIONS.filter(({ fires }) => fires).map(({ alert }) => alert)
    assert.deepEqual([...new Set(calling)].sort(), named.sort())
  })
})

describe('the queries of panels and pages', { skip }, () => {
  const pages = ['docs/metrics.md', 'docs/runbooks.md'].flatMap((path) =>
    fencesOf(readPage(path))
      .filter(({ info }) => info === 'promql')
      // Queries of one fence stand below each other, and go on in lines that begin with a space.
      .flatMap(({ text }) => text.split(/\n(?=\S)/).filter((query) => /^[^#\s]/.test(query))),
  )

  it('are PromQL', () => {
    const all = [...PANEL_QUERIES.map(({ expr }) => expr), ...pages]
    assert.ok(all.length > 40)
    const rules = all.map((expr, at) => ({ record: `query_${at}`, expr }))
    const { status, output } = promtool(['check', 'rules'], { groups: [{ name: 'queries', rules }] })
    assert.equal(status, 0, output)
  })
})
