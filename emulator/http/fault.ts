import type { Answer, ReceivedRequest } from './message.ts'

/** What goes wrong with one call. */
export type FaultEffect =
  /** The connection is reset. `worked`: only after the request has taken effect, so that only its answer is lost. */
  | { readonly kind: 'reset'; readonly worked?: boolean }
  /** No answer comes until the caller or the emulator closes the connection. `worked` as above. */
  | { readonly kind: 'timeout'; readonly worked?: boolean }
  /** This answer instead of the real one, and the request takes no effect. A string body is sent as it is. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: unknown
    }
  /** The real answer, with a body that stops being JSON half way. */
  | { readonly kind: 'bad_json' }
  /** The real answer's length and the first half of its body, then the connection ends. */
  | { readonly kind: 'cut_body' }
  /** The real answer, with every member of another JSON type than it should have. */
  | { readonly kind: 'wrong_type' }
  /** The real answer, `delayMs` later. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** The real answer at once, its body one byte every `intervalMs`. */
  | { readonly kind: 'drip'; readonly intervalMs: number }
  /** The real answer after `rewrite` has changed its JSON: a server that lies. */
  | {
      readonly kind: 'answer'
      readonly rewrite: (body: unknown, request: ReceivedRequest) => unknown
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
    }

/** Which calls a fault concerns: an operation id, or a predicate. */
export type FaultMatch = string | ((request: ReceivedRequest) => boolean)

/** A fault, the calls it concerns (default all), and how many of them (default without end). */
export type Fault = FaultEffect & { readonly match?: FaultMatch; readonly times?: number }

/** The faults waiting for a call. */
export interface FaultPlan {
  /** Adds a fault behind those already there; returns a function that takes it away. */
  readonly add: (fault: Fault) => () => void
  /** The first fault that concerns `request`, counted as used. */
  readonly take: (request: ReceivedRequest) => FaultEffect | undefined
  readonly clear: () => void
}

export function createFaultPlan(): FaultPlan {
  let planned: { readonly fault: Fault; left: number }[] = []
  return {
    add(fault) {
      const entry = { fault, left: fault.times ?? Infinity }
      planned.push(entry)
      return () => {
        planned = planned.filter((other) => other !== entry)
      }
    },
    take(request) {
      const entry = planned.find(({ fault }) => concerns(fault.match, request))
      if (entry === undefined) return undefined
      entry.left -= 1
      if (entry.left <= 0) planned = planned.filter((other) => other !== entry)
      return entry.fault
    },
    clear() {
      planned = []
    },
  }
}

function concerns(match: FaultMatch | undefined, request: ReceivedRequest): boolean {
  if (match === undefined) return true
  return typeof match === 'string' ? match === request.operation : match(request)
}

/** The answer as a fault that only changes bytes makes it. */
export function disturbAnswer(effect: FaultEffect, answer: Answer, request: ReceivedRequest): Answer {
  switch (effect.kind) {
    case 'bad_json':
      return { ...answer, body: `${firstHalf(answer.body).toString()}\u0000{` }
    case 'wrong_type':
      return { ...answer, body: JSON.stringify(mistype(parse(answer.body))) }
    case 'answer':
      return {
        status: effect.status ?? answer.status,
        headers: { ...answer.headers, ...effect.headers },
        body: JSON.stringify(effect.rewrite(parse(answer.body), request)),
      }
    default:
      return answer
  }
}

/** The first half of a body's bytes. */
export function firstHalf(body: string | Buffer): Buffer {
  const bytes = Buffer.from(body)
  return bytes.subarray(0, bytes.length >> 1)
}

function parse(body: string | Buffer): unknown {
  return body.length === 0 ? null : JSON.parse(body.toString())
}

function mistype(value: unknown): unknown {
  if (Array.isArray(value)) return { 0: value.length }
  if (typeof value !== 'object' || value === null) return mistypeMember(value)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mistypeMember(member)]))
}

function mistypeMember(value: unknown): unknown {
  if (typeof value === 'string') return 7
  if (Array.isArray(value)) return { length: value.length }
  return typeof value === 'object' ? [] : 'not what it should be'
}
