import { secondaryRateLimit, type FaultEffect } from '../../../emulator/index.ts'
import { CANARY } from './names.ts'

const SLOW_MS = 2_000

/** What GitHub does wrong, by name. */
export const EFFECTS: Readonly<Record<string, FaultEffect>> = {
  reset: { kind: 'reset' },
  lost: { kind: 'reset', worked: true },
  '500': { kind: 'status', status: 500, body: { message: CANARY } },
  '502': { kind: 'status', status: 502, body: CANARY },
  slow: { kind: 'slow', delayMs: SLOW_MS },
  hanging: { kind: 'timeout' },
  'bad-json': { kind: 'bad_json' },
  cut: { kind: 'cut_body' },
  'wrong-type': { kind: 'wrong_type' },
  '403': secondaryRateLimit(1, 403),
  '429': secondaryRateLimit(null, 429),
}

/** What goes wrong while the good clients' policy is read again: all but what hangs until their deadline. */
export const DISTURBANCES: readonly FaultEffect[] = Object.entries(EFFECTS).flatMap(([name, effect]) =>
  name === 'hanging' ? [] : [effect],
)

/** The operations that go wrong, by a word for each. */
export const FAULTY_OPERATIONS: Readonly<Record<string, string>> = {
  find: 'apps/get-repo-installation',
  read: 'repos/get-content',
  mint: 'apps/create-installation-access-token',
}
