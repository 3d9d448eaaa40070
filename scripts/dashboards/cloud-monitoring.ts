import { ALERTS } from './alerts.ts'
import { narrowQuery } from './narrow-query.ts'
import { PANEL_GROUPS } from './panels.ts'
import type { Panel, PanelGroup, Threshold, Unit } from './panel.ts'

/** Stands for the names of the Cloud Run services, `a|b`, which are the namespaces of their metrics; the module fills it in. */
export const SERVICES = '@SERVICES@'

/** Stands for the name of the deployment; the module fills it in. */
export const DEPLOYMENT = '@DEPLOYMENT@'

/** The grid of a mosaic layout, at its finest. */
const GRID_COLUMNS = 48
const PANELS_IN_A_LINE = 3
const PANEL_HEIGHT = 16
const HEADER_HEIGHT = 4
/** Lines of text, in units of the grid. */
const TEXT_LINE_HEIGHT = 2

/** UCUM, as Cloud Monitoring shows it: https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.metricDescriptors */
const UNITS: Readonly<Record<Unit, string>> = {
  'per second': '1/s',
  seconds: 's',
  share: '10^2.%',
  count: '1',
}

const MATCHERS = `namespace=~"${SERVICES}"`

interface Tile {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly widget: object
}

/**
 * The dashboard for Cloud Monitoring, which asks the same questions: metrics that the sidecar brings to Managed Service
 * for Prometheus are asked for in PromQL. https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards
 */
export function cloudMonitoringDashboard(): object {
  const tiles: Tile[] = []
  let y = 0
  for (const group of PANEL_GROUPS) {
    const laidOut = layOut(group, y)
    tiles.push(...laidOut)
    y = Math.max(...laidOut.map((tile) => tile.y + tile.height))
  }
  return {
    displayName: DEPLOYMENT,
    mosaicLayout: {
      columns: GRID_COLUMNS,
      // A zero that is written comes back without, and Terraform would see a change.
      tiles: tiles.map(({ x, y, width, height, widget }) => ({
        ...(x === 0 ? {} : { xPos: x }),
        ...(y === 0 ? {} : { yPos: y }),
        width,
        height,
        widget,
      })),
    },
  }
}

function layOut({ title, panels }: PanelGroup, top: number): readonly Tile[] {
  const textHeight = (panels.length + 1) * TEXT_LINE_HEIGHT
  const text = panels.map((panel) => `- **${panel.title}**: ${panel.description}`).join('\n')
  const width = GRID_COLUMNS / (panels.length % 4 === 0 ? 4 : PANELS_IN_A_LINE)
  const chartsTop = top + HEADER_HEIGHT + textHeight
  return [
    {
      x: 0,
      y: top,
      width: GRID_COLUMNS,
      height: HEADER_HEIGHT,
      widget: { title, sectionHeader: { dividerBelow: true } },
    },
    {
      x: 0,
      y: top + HEADER_HEIGHT,
      width: GRID_COLUMNS,
      height: textHeight,
      widget: { text: { content: text, format: 'MARKDOWN' } },
    },
    ...panels.map((panel, index) => ({
      x: (index * width) % GRID_COLUMNS,
      y: chartsTop + Math.trunc((index * width) / GRID_COLUMNS) * PANEL_HEIGHT,
      width,
      height: PANEL_HEIGHT,
      widget: chart(panel),
    })),
  ]
}

function chart({ title, unit, queries, threshold }: Panel): object {
  return {
    title,
    xyChart: {
      dataSets: queries.map(({ expr, legend }) => ({
        plotType: 'LINE',
        targetAxis: 'Y1',
        legendTemplate: legend.replace(/\{\{(\w+)\}\}/g, '${$1}'),
        timeSeriesQuery: { prometheusQuery: narrowQuery(expr, MATCHERS), unitOverride: UNITS[unit] },
      })),
      ...(threshold === undefined ? {} : { thresholds: [thresholdLine(threshold)] }),
      yAxis: { scale: 'LINEAR' },
    },
  }
}

function thresholdLine({ value }: Threshold): object {
  return { value, targetAxis: 'Y1' }
}

/** What the module makes alert policies of, by their id. */
export function cloudMonitoringAlerts(): object {
  return Object.fromEntries(
    ALERTS.map(({ id, title, summary, runbook, severity, program, metric, log }) => [
      id,
      {
        title,
        summary,
        runbook,
        severity: severity.toUpperCase(),
        program,
        ...(log === undefined
          ? metric === undefined
            ? {}
            : { query: narrowQuery(metric.expr, MATCHERS), duration: `${metric.minutes * 60}s` }
          : { filter: log }),
      },
    ]),
  )
}
