import { StsError } from '#pkg/errors'
import type { ExchangeRecord } from './record.ts'
import type { Sink } from './sink.ts'

/** A sink, and what its refusal means. */
export interface NamedSink {
  /** For metrics and the log. */
  readonly name: string
  /** `required`: a token whose record it refuses is revoked. `best_effort`: it is told, no more. */
  readonly mode: 'required' | 'best_effort'
  readonly sink: Sink
}

export interface RecorderOptions {
  readonly sinks: readonly NamedSink[]
  /** Told the name of a sink with each record that it has not taken. Must neither throw nor wait. */
  readonly onFailure: (sink: string) => void
}

/**
 * Several sinks as one, which accepts a record when every required one does. Those are asked one after the other, and
 * none behind one that refuses: the last of them says OK only of what all others have taken.
 *
 * A grant is told to the best-effort sinks after that: what they say was granted then was, and a grant that a required
 * sink refuses is known to them by what follows it, AUDIT_UNAVAILABLE and REVOKED. Everything else they are told at once.
 */
export function createRecorder({ sinks, onFailure }: RecorderOptions): Sink {
  const required = sinks.filter(({ mode }) => mode === 'required')
  const others = sinks.filter(({ mode }) => mode === 'best_effort')

  async function tell({ name, sink }: NamedSink, record: ExchangeRecord, cause: unknown): Promise<void> {
    try {
      await sink.accept(record, cause)
    } catch (thrown) {
      onFailure(name)
      throw new StsError('audit_refused', { detail: { sink: name }, cause: thrown })
    }
  }

  function tellOthers(record: ExchangeRecord, cause: unknown): void {
    for (const other of others) void tell(other, record, cause).catch(() => undefined)
  }

  return {
    async accept(record, cause) {
      const isGrant = record.outcome === 'OK'
      if (!isGrant) tellOthers(record, cause)
      for (const sink of required) await tell(sink, record, cause)
      if (isGrant) tellOthers(record, cause)
    },
  }
}
