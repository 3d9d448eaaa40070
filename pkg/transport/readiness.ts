import type { TransportObserver } from './observer.ts'

/** Whether this process should be sent requests. */
export interface Readiness {
  readonly ready: boolean
  /** Shown by `/readyz`, whatever it says. Never a secret. */
  readonly detail: Readonly<Record<string, unknown>>
}

export interface ReadinessOptions {
  readonly readiness: () => Readiness
  readonly isDraining: () => boolean
  readonly observer: TransportObserver
}

/** Readiness that turns with the drain. Never throws: health, drain and close must go on working. */
export function withDraining({ readiness, isDraining, observer }: ReadinessOptions): () => Readiness {
  return () => {
    try {
      const { ready, detail } = readiness()
      return isDraining() ? { ready: false, detail: { ...detail, draining: true } } : { ready, detail }
    } catch (thrown) {
      observer.unexpected?.(thrown)
      return { ready: false, detail: {} }
    }
  }
}
