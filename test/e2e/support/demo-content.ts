import type { PageContent } from '../../../cmd/demo/page/render-page.ts'
import { readLogLine } from '../../../cmd/demo/log/log-entry.ts'
import { createActivityLog } from '../../../cmd/demo/activity.ts'
import { createLogSink, type ExchangeRecord } from '#pkg/audit'
import { createLogger } from '#pkg/telemetry'

/** The time of all that is shown. */
export const SHOWN_AT = Date.parse('2026-07-01T12:34:56Z')

/** A record as the log gets it. */
export function record(facts: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    time: '2026-07-01T12:34:56.000Z',
    requestId: 'request-1',
    transport: 'http',
    scope: 'acme/app',
    identity: 'release',
    outcome: 'OK',
    durationMs: 1,
    ...facts,
  }
}

/** The line that the log has for `facts`. */
export function recordLine(facts: Partial<ExchangeRecord> = {}): string {
  let line = ''
  const destination = { write: (text: string) => (line = text) }
  void createLogSink(createLogger({ level: 'info', destination, now: () => SHOWN_AT })).accept(record(facts))
  return line
}

/** The line that the log has for a check run. */
export function checkLine(check: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ time: '2026-07-01T12:34:57.000Z', check, message: 'check run concluded' })}\n`
}

/** A page in which everything that anybody else can write is `text`. */
export function pageWith(text: string): PageContent {
  const activity = createActivityLog()
  for (const line of [
    recordLine({ scope: text, identity: text, userAgent: text, requestId: text, unverifiedIssuer: text }),
    recordLine({
      scope: 'acme/prober',
      identity: text,
      outcome: 'POLICY_MISMATCH',
      detail: { problem: text },
    }),
    recordLine({ actor: { iss: text, sub: text, claims: [] } }),
    checkLine({ repository: text, commit: text, conclusion: text, title: text }),
  ]) {
    const entry = readLogLine(line)
    if (entry !== undefined) activity.add(entry)
  }
  return {
    guide: {
      places: [{ name: 'github-sts', url: 'http://127.0.0.1:8080', purpose: text }],
      policies: text,
      exchangeCommand: text,
    },
    activity,
    probers: [
      {
        name: 'prober',
        purpose: 'A user of the service',
        result: {
          prober: 'prober',
          startedAt: '2026-07-01T12:34:50.000Z',
          durationMs: 12.4,
          outcome: 'failed',
          steps: [
            { name: 'token', outcome: 'passed', detail: text, requestId: text, durationMs: 3 },
            { name: 'revoke', outcome: 'failed', incident: true, detail: text, durationMs: 4 },
          ],
        },
      },
      { name: 'negative-prober', purpose: 'Somebody who must get nothing', result: undefined },
    ],
    now: SHOWN_AT,
  }
}
