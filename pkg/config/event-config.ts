import { describeValue, type ConfigError } from './config-error.ts'
import { EVENT_VARIABLES } from './event-variables.ts'
import type { Values } from './variable.ts'

/** Where the event of each exchange goes. */
export interface EventConfig {
  /** An http or https URL, byte for byte as it was written: it is also the audience of tokens. */
  readonly target: string
  /** Undefined: `google` for an https target where a metadata server answers. */
  readonly auth: 'google' | 'none' | undefined
  /** Whether a token is given only once the target has taken its event. */
  readonly required: boolean
}

/** Undefined when no events are wanted, or what is wanted cannot be had and was reported. */
export function readEvents(
  values: Values<typeof EVENT_VARIABLES>,
  report: (error: ConfigError) => void,
): EventConfig | undefined {
  const { EVENT_INGRESS_URI: target, STS_EVENT_AUTH: auth } = values
  const required = values.STS_EVENT_DELIVERY === 'required'
  if (target === undefined) {
    if (required) {
      report({
        variable: 'EVENT_INGRESS_URI',
        holds: 'not set',
        problem: 'STS_EVENT_DELIVERY is required',
        allowed: EVENT_VARIABLES.EVENT_INGRESS_URI.type.allowed,
      })
    }
    return undefined
  }
  if (auth === 'google' && !target.toLowerCase().startsWith('https:')) {
    report({
      variable: 'EVENT_INGRESS_URI, STS_EVENT_AUTH',
      holds: `${describeValue(target, EVENT_VARIABLES.EVENT_INGRESS_URI)}, "google"`,
      problem: 'a token does not leave without TLS',
      allowed: 'an https target, or STS_EVENT_AUTH=none',
    })
  }
  return { target, auth, required }
}
