import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cloudMonitoringDashboard } from '../../scripts/dashboards/cloud-monitoring.ts'
import { grafanaDashboard } from '../../scripts/dashboards/grafana.ts'
import { PANEL_GROUPS } from '../../scripts/dashboards/panels.ts'
import { fieldOf } from './support/log-filter.ts'

interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function numberAt(value: object, path: string): number {
  const found = fieldOf({ value }, `value.${path}`)
  return typeof found === 'number' ? found : 0
}

function listAt(value: object, path: string): readonly object[] {
  const found = fieldOf({ value }, `value.${path}`)
  assert.ok(Array.isArray(found))
  const all: readonly unknown[] = found
  return all.filter((each): each is object => typeof each === 'object' && each !== null)
}

function overlap(a: Area, b: Area): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

const grafana = listAt(grafanaDashboard(), 'panels')
const cloud = listAt(cloudMonitoringDashboard(), 'mosaicLayout.tiles')
const panels = PANEL_GROUPS.flatMap((group) => group.panels)

const dashboards: readonly (readonly [name: string, columns: number, areas: readonly Area[]])[] = [
  [
    'Grafana',
    24,
    grafana.map((each) => ({
      x: numberAt(each, 'gridPos.x'),
      y: numberAt(each, 'gridPos.y'),
      width: numberAt(each, 'gridPos.w'),
      height: numberAt(each, 'gridPos.h'),
    })),
  ],
  [
    'Cloud Monitoring',
    48,
    cloud.map((each) => ({
      x: numberAt(each, 'xPos'),
      y: numberAt(each, 'yPos'),
      width: numberAt(each, 'width'),
      height: numberAt(each, 'height'),
    })),
  ],
]

for (const [name, columns, areas] of dashboards) {
  describe(`the dashboard of ${name}`, () => {
    it('has each panel within the grid, and none over another', () => {
      assert.ok(areas.length > panels.length)
      areas.forEach((area, at) => {
        assert.ok(area.width > 0 && area.height > 0 && area.x + area.width <= columns)
        assert.deepEqual(
          areas.filter((other, index) => index !== at && overlap(area, other)),
          [],
        )
      })
    })
  })
}

describe('the dashboard of Grafana', () => {
  it('tells its panels apart', () => {
    assert.equal(new Set(grafana.map((panel) => numberAt(panel, 'id'))).size, grafana.length)
  })

  it('has every panel of the list, with its sentence', () => {
    const shown = grafana.map((panel) => fieldOf({ panel }, 'panel.description'))
    assert.deepEqual(
      panels.filter(({ description }) => !shown.includes(description)),
      [],
    )
  })
})

/** https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards */
const CLOUD_MONITORING_FIELDS = new Set(
  `displayName labels mosaicLayout columns tiles xPos yPos width height widget title sectionHeader dividerBelow text content
  format style xyChart scorecard dataSets plotType targetAxis timeSeriesQuery prometheusQuery unitOverride outputFullDuration
  legendTemplate yAxis label scale chartOptions mode thresholds value color direction minAlignmentPeriod`.split(
    /\s+/,
  ),
)

function fieldsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [name, ...fieldsOf(inner)])
}

describe('the dashboard of Cloud Monitoring', () => {
  it('has no field that the API does not have', () => {
    const used = new Set(fieldsOf(cloudMonitoringDashboard()))
    assert.deepEqual(
      [...used].filter((field) => !CLOUD_MONITORING_FIELDS.has(field)),
      [],
    )
    assert.ok(used.has('prometheusQuery'))
  })

  it('has every panel of the list', () => {
    const shown = cloud.map((tile) => fieldOf({ tile }, 'tile.widget.title'))
    assert.deepEqual(
      panels.filter(({ title }) => !shown.includes(title)),
      [],
    )
  })
})
