import type { TestContext } from 'node:test'
import { startHttpReceiver } from './http-receiver.ts'

/** A span as OTLP's JSON has it. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export interface CollectedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number>>
}

/** A collector of OTLP over HTTP with JSON. */
export interface Collector {
  readonly url: string
  readonly spans: CollectedSpan[]
  /** Headers and bodies as they came, of traces and metrics. */
  readonly raw: () => string
}

interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly attributes?: readonly {
    readonly key: string
    readonly value: { readonly stringValue?: string; readonly intValue?: string | number }
  }[]
}

interface OtlpTraces {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[]
  }[]
}

export async function startCollector(t: TestContext): Promise<Collector> {
  const spans: CollectedSpan[] = []
  let raw = ''
  const url = await startHttpReceiver(t, (request, body) => {
    raw += `${request.rawHeaders.join('\n')}\n${body}\n`
    if (request.url === '/v1/traces') spans.push(...spansOf(JSON.parse(body) as OtlpTraces))
    return { status: 200, contentType: 'application/json', body: '{}' }
  })
  return { url, spans, raw: () => raw }
}

function spansOf({ resourceSpans = [] }: OtlpTraces): readonly CollectedSpan[] {
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .map(({ traceId, spanId, parentSpanId, name, attributes = [] }) => ({
      traceId,
      spanId,
      parentSpanId,
      name,
      attributes: Object.fromEntries(
        attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]),
      ),
    }))
}
