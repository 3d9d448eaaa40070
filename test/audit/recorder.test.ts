import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { describe, test } from 'node:test'
import { createRecorder, type ExchangeRecord, type NamedSink, type Sink } from '#pkg/audit'
import { DENIED, GRANTED } from './support/records.ts'

interface World {
  readonly recorder: Sink
  /** Sink and outcome of what was told, in order. */
  readonly told: readonly string[]
  readonly failures: readonly string[]
}

type Behaviour = 'takes' | 'refuses' | 'throws' | 'hangs'

function createWorld(sinks: readonly (readonly [name: string, mode: NamedSink['mode'], Behaviour])[]): World {
  const told: string[] = []
  const failures: string[] = []
  const recorder = createRecorder({
    sinks: sinks.map(([name, mode, behaviour]) => ({
      name,
      mode,
      sink: {
        accept(record: ExchangeRecord) {
          told.push(`${name} ${record.outcome}`)
          switch (behaviour) {
            case 'takes':
              return Promise.resolve()
            case 'refuses':
              return Promise.reject(new Error('full'))
            case 'throws':
              throw new Error('broken')
            case 'hangs':
              return new Promise<void>(() => undefined)
          }
        },
      },
    })),
    onFailure: (name) => failures.push(name),
  })
  return { recorder, told, failures }
}

describe('a recorder', () => {
  test('tells every sink, the required ones of a grant first', async () => {
    const { recorder, told, failures } = createWorld([
      ['log', 'best_effort', 'takes'],
      ['events', 'required', 'takes'],
    ])
    await recorder.accept(GRANTED)
    assert.deepEqual(told, ['events OK', 'log OK'])
    assert.deepEqual(failures, [])
  })

  for (const behaviour of ['refuses', 'throws'] as const) {
    test(`refuses a grant when a required sink ${behaviour}, and tells none behind it that it was granted`, async () => {
      const { recorder, told, failures } = createWorld([
        ['log', 'best_effort', 'takes'],
        ['events', 'required', behaviour],
        ['table', 'required', 'takes'],
      ])
      await assert.rejects(recorder.accept(GRANTED), { reason: 'audit_refused', detail: { sink: 'events' } })
      await setImmediate()
      assert.deepEqual(told, ['events OK'])
      assert.deepEqual(failures, ['events'])
    })

    test(`takes a grant when a best-effort sink ${behaviour}, and counts it`, async () => {
      const { recorder, failures } = createWorld([
        ['log', 'best_effort', behaviour],
        ['events', 'required', 'takes'],
      ])
      await recorder.accept(GRANTED)
      await setImmediate()
      assert.deepEqual(failures, ['log'])
    })
  }

  test('waits for no best-effort sink', async () => {
    const { recorder } = createWorld([['slow', 'best_effort', 'hangs']])
    await recorder.accept(GRANTED)
    await recorder.accept(DENIED)
  })

  test('tells the others of a denial at once, whatever a required sink does', async () => {
    const { recorder, told } = createWorld([
      ['events', 'required', 'hangs'],
      ['log', 'best_effort', 'takes'],
    ])
    void recorder.accept(DENIED)
    await setImmediate()
    assert.deepEqual(told.toSorted(), ['events TOKEN_MALFORMED', 'log TOKEN_MALFORMED'])
  })

  test('hands on what was thrown', async () => {
    const causes: unknown[] = []
    const sink: Sink = {
      accept(_, cause) {
        causes.push(cause)
        return Promise.resolve()
      },
    }
    const recorder = createRecorder({
      sinks: [{ name: 'log', mode: 'required', sink }],
      onFailure: () => undefined,
    })
    const thrown = new TypeError('a bug')
    await recorder.accept(DENIED, thrown)
    assert.deepEqual(causes, [thrown])
  })
})
