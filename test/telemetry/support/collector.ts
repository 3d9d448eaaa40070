import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface CollectedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly traceState?: string
  readonly name: string
  readonly kind: number
  readonly status: { readonly code?: number }
  readonly attributes: Readonly<Record<string, string | number>>
}

interface JsonSpan extends Omit<CollectedSpan, 'attributes'> {
  readonly attributes: readonly {
    readonly key: string
    readonly value: { readonly stringValue?: string; readonly intValue?: number }
  }[]
}

interface JsonTraces {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly JsonSpan[] }[]
  }[]
}

/** A receiver of OTLP over HTTP as JSON. https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export interface Collector {
  readonly url: string
  /** Paths of all requests that came. */
  readonly paths: readonly string[]
  /** Content types of all requests that came. */
  readonly types: readonly (string | undefined)[]
  spans(): readonly CollectedSpan[]
}

export async function startCollector(test: TestContext, { answers = true } = {}): Promise<Collector> {
  const paths: string[] = []
  const types: (string | undefined)[] = []
  const traces: JsonTraces[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      paths.push(request.url ?? '')
      types.push(request.headers['content-type'])
      if (request.url === '/v1/traces' && request.headers['content-type'] === 'application/json') {
        traces.push(JSON.parse(Buffer.concat(chunks).toString()) as JsonTraces)
      }
      if (answers) response.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    paths,
    types,
    spans: () =>
      traces
        .flatMap(({ resourceSpans }) => resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap(({ spans }) => spans.map((span) => ({ ...span, attributes: plainAttributes(span) }))),
  }
}

function plainAttributes({ attributes }: JsonSpan): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]),
  )
}
