import { EVENT_TARGET } from './url-types.ts'
import { choiceType } from './value-type.ts'
import type { ReadVariable } from './variable.ts'

/** What the service reads of the events that it sends. */
export const EVENT_VARIABLES = {
  EVENT_INGRESS_URI: {
    topic: 'Events',
    meaning: 'target of CloudEvents over HTTP, one for every exchange; unset: none',
    type: EVENT_TARGET,
    octoSts: true,
    example: 'https://broker.example.com',
    remarks:
      'The records are in the log all the same. `HTTPS_PROXY` and `SSL_CERT_FILE` apply. [records.md](records.md) has the format.',
  },
  STS_EVENT_AUTH: {
    topic: 'Events',
    meaning: 'how deliveries of events are authenticated',
    type: choiceType(['google', 'none'] as const),
    example: 'none',
    remarks:
      'With `google` each carries an identity token whose audience is `EVENT_INGRESS_URI`, as written. Unset: `google` for an https target where a metadata server answers, else `none`. `google` with an http target is an error: a token does not leave without TLS.',
  },
  STS_EVENT_DELIVERY: {
    topic: 'Events',
    meaning: 'whether a token is given only once the target has taken its event',
    type: choiceType(['best_effort', 'required'] as const),
    default: 'best_effort',
    example: 'required',
    remarks:
      'With `required` a target that does not answer stops all grants (`AUDIT_UNAVAILABLE`), and `EVENT_INGRESS_URI` has to be set.',
  },
} as const satisfies Readonly<Record<string, ReadVariable>>
