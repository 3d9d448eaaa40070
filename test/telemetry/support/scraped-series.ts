export interface ScrapedSeries {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const SERIES = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)/g

/** Reads the text form of Prometheus as strictly as it does itself: a label that is there twice is an error. */
export function readSeries(text: string): readonly ScrapedSeries[] {
  const series: ScrapedSeries[] = []
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [, name, list = '', value] = SERIES.exec(line) ?? []
    if (name === undefined || value === undefined) throw new Error(`not a series: ${line}`)
    series.push({ name, labels: readLabels(list), value: Number(value) })
  }
  return series
}

function readLabels(list: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {}
  let length = 0
  for (const [whole, name = '', value = ''] of list.matchAll(LABEL)) {
    if (name in labels) throw new Error(`label ${name} is there twice: ${list}`)
    labels[name] = value
    length += whole.length
  }
  if (length !== list.length) throw new Error(`not labels: ${list}`)
  return labels
}
