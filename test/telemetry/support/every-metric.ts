import type { Metrics } from '#pkg/telemetry'

/** Tells `metrics` once of everything that is measured. */
export function tellEverything(metrics: Metrics): void {
  const durationMs = 12
  const level = 'repository'
  metrics.exchangeEnded({ code: 'OK', reason: undefined, level, transport: 'grpc', durationMs })
  metrics.exchangeEnded({
    code: 'POLICY_MISMATCH',
    reason: 'subject_mismatch',
    level,
    transport: 'http',
    durationMs,
  })
  metrics.cacheLookedUp('trust_policy', 'stale')
  metrics.gitHubCalled({ operation: 'mint_token', status: 201, app: '7', method: 'POST', durationMs })
  metrics.rateLimitSeen({ app: '7', installation: 42, remaining: 4_990, limit: 5_000 })
  metrics.issuerFetched('ok')
  metrics.requestServed({ transport: 'http', route: '/sts/exchange', status: 200, durationMs })
  metrics.requestServed({ transport: 'grpc', route: 'Exchange', status: 0, durationMs })
  metrics.eventDropped('events')
  metrics.auditFailed('events')
  metrics.deliveryReceived('push')
  metrics.watchStore(() => 'unreachable')
  metrics.watchQueueDepth(() => 3)
  metrics.checkRunCompleted('success')
  metrics.proberStepEnded({ prober: 'prober', step: 'run', outcome: 'passed', durationMs })
}
