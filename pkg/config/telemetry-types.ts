import { choiceType, listType, parsed, unparsed, type ValueType } from './value-type.ts'

const NUMBER_MAX_LENGTH = 32

/** Where traces go. `gcp` is Cloud Trace, through a package that an operator adds. */
export const TRACES_EXPORTER = choiceType(['none', 'otlp', 'console', 'gcp'] as const, { ignoreCase: true })

const EXPORTERS = ['otlp', 'prometheus', 'console', 'none'] as const
const EXPORTER_LIST = listType(choiceType(EXPORTERS, { ignoreCase: true }), EXPORTERS.length)

/** Where metrics go: any of the words, or `none`, which is the empty list. */
export const METRICS_EXPORTERS: ValueType<readonly ('otlp' | 'prometheus' | 'console')[]> = {
  allowed: 'otlp, prometheus, console or several of them, comma-separated; or none',
  parse: (text) => {
    const list = EXPORTER_LIST.parse(text)
    if (!list.ok) return list
    const exporters = list.value.filter((each) => each !== 'none')
    if (exporters.length < list.value.length && list.value.length > 1) return unparsed('none stands alone')
    return new Set(exporters).size < exporters.length
      ? unparsed('an exporter is named twice')
      : parsed(exporters)
  },
}

/** A share of all, from 0 to 1. */
export const SAMPLING_RATE: ValueType<number> = {
  allowed: 'a number from 0 to 1, such as 0.25',
  parse: (text) => {
    if (text.length > NUMBER_MAX_LENGTH) return unparsed()
    const value = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
    return value >= 0 && value <= 1 ? parsed(value) : unparsed()
  },
}

/**
 * A boolean of OpenTelemetry: only the word `true` is true. Other words are refused, where OpenTelemetry takes them for
 * false. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#boolean
 */
export const OTEL_BOOLEAN: ValueType<boolean> = {
  allowed: 'true, false',
  parse: (text) => {
    const word = text.toLowerCase()
    return word === 'true' || word === 'false' ? parsed(word === 'true') : unparsed()
  },
}
