import { narrowQuery } from './narrow-query.ts'
import { PANEL_GROUPS } from './panels.ts'
import type { Panel, PanelGroup, Unit } from './panel.ts'

/** Version of Grafana's dashboard model that this is written in: that of Grafana 10 and 11, which later ones migrate. */
const SCHEMA_VERSION = 39

/** Grafana's grid. */
const GRID_COLUMNS = 24
const PANELS_IN_A_LINE = 3
const PANEL_HEIGHT = 8

/** `job` and `namespace` are what scrapers add; whoever has neither leaves them at All. */
const MATCHERS = 'namespace=~"$namespace",job=~"$job"'

/** https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
const UNITS: Readonly<Record<Unit, string>> = {
  'per second': 'cps',
  seconds: 's',
  share: 'percentunit',
  count: 'short',
}

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' }

/** The dashboard for Grafana, with variables for the data source and for which deployment is shown. */
export function grafanaDashboard(): object {
  return {
    uid: 'github-sts',
    title: 'github-sts',
    description: 'What the security token service and its webhook do, and what the probers see of it.',
    tags: ['github-sts'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '1m',
    timezone: '',
    time: { from: 'now-6h', to: 'now' },
    annotations: { list: [] },
    links: [],
    templating: {
      list: [
        { type: 'datasource', name: 'datasource', label: 'Data source', query: 'prometheus' },
        labelVariable('namespace', 'Namespace', '{__name__=~"sts_.+"}'),
        labelVariable('job', 'Job', '{__name__=~"sts_.+",namespace=~"$namespace"}'),
      ],
    },
    panels: layOut(PANEL_GROUPS),
  }
}

function labelVariable(name: string, label: string, series: string): object {
  return {
    type: 'query',
    name,
    label,
    datasource: DATASOURCE,
    query: { query: `label_values(${series}, ${name})`, refId: name },
    // When the time range changes.
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    // Series without the label too.
    allValue: '.*',
    current: { text: ['All'], value: ['$__all'] },
  }
}

function layOut(groups: readonly PanelGroup[]): readonly object[] {
  const laidOut: object[] = []
  let y = 0
  for (const { title, panels } of groups) {
    laidOut.push({
      id: laidOut.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: GRID_COLUMNS, h: 1 },
      panels: [],
    })
    y += 1
    const width = GRID_COLUMNS / (panels.length % 4 === 0 ? 4 : PANELS_IN_A_LINE)
    panels.forEach((panel, index) => {
      const at = index * width
      const gridPos = {
        x: at % GRID_COLUMNS,
        y: y + Math.trunc(at / GRID_COLUMNS) * PANEL_HEIGHT,
        w: width,
        h: PANEL_HEIGHT,
      }
      laidOut.push({ id: laidOut.length + 1, ...timeSeries(panel), gridPos })
    })
    y += Math.ceil((panels.length * width) / GRID_COLUMNS) * PANEL_HEIGHT
  }
  return laidOut
}

function timeSeries({ title, description, unit, queries, threshold }: Panel): object {
  return {
    type: 'timeseries',
    title,
    description,
    datasource: DATASOURCE,
    fieldConfig: {
      defaults: {
        unit: UNITS[unit],
        min: 0,
        ...(unit === 'share' ? { max: 1 } : {}),
        custom: { fillOpacity: 10, thresholdsStyle: { mode: threshold === undefined ? 'off' : 'line' } },
        ...(threshold === undefined
          ? {}
          : {
              thresholds: {
                mode: 'absolute',
                steps:
                  threshold.direction === 'above'
                    ? [
                        { color: 'green', value: null },
                        { color: 'red', value: threshold.value },
                      ]
                    : [
                        { color: 'red', value: null },
                        { color: 'green', value: threshold.value },
                      ],
              },
            }),
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: DATASOURCE,
      expr: narrowQuery(expr, MATCHERS),
      legendFormat: legend,
      range: true,
    })),
  }
}
