import { StsError } from '#pkg/errors'

/** The time that one request has, as a signal for everything that is done for it. */
export interface RequestLifetime {
  readonly signal: AbortSignal
  /** The answer is being written: from now on the signal stays as it is. */
  answered(): void
  /** The request is over; aborts with `caller_gone` if it was not answered. */
  end(): void
}

export interface RequestLifetimeOptions {
  /** Milliseconds until the signal aborts with `deadline_passed`. */
  readonly ms: number
  /** Milliseconds after that until `cut` is called: an answer that nobody reads does not stay. */
  readonly deliveryMs: number
  readonly cut: () => void
}

export function startLifetime({ ms, deliveryMs, cut }: RequestLifetimeOptions): RequestLifetime {
  const controller = new AbortController()
  let isAnswered = false
  function abort(reason: 'deadline_passed' | 'caller_gone'): void {
    if (!isAnswered && !controller.signal.aborted) controller.abort(new StsError(reason))
  }
  let timer = setTimeout(() => {
    timer = setTimeout(cut, deliveryMs)
    abort('deadline_passed')
  }, ms)
  return {
    signal: controller.signal,
    answered() {
      isAnswered = true
    },
    end() {
      clearTimeout(timer)
      abort('caller_gone')
    },
  }
}
