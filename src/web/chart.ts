import { scaleLinear } from 'd3-scale'

/** Where the parts of a bar chart stand, in the units of its `viewBox`. The template draws it; nothing is measured there. */
export type BarChart = {
  width: number
  height: number
  ticks: { y: number; text: string }[]
  labels: { x: number; text: string }[]
  bars: { x: number; y: number; width: number; height: number; series: number; text: string }[]
  baseline: number
  left: number
}

const WIDTH = 720
const HEIGHT = 260
const LEFT = 64
const BOTTOM = 28
const TOP = 12
/** Of a group's room, what its bars take; the rest parts it from the next. */
const FILLED = 0.8

/**
 * Bars side by side, a group per label. `say` puts a value in words, `mark` a line of the scale, where
 * there is little room; an empty value has no bar.
 */
export function barChart(
  labels: readonly string[],
  series: readonly { title: string; values: readonly (number | null)[] }[],
  say: (value: number) => string,
  mark: (value: number) => string = say,
): BarChart {
  const most = Math.max(1, ...series.flatMap(({ values }) => values.map(value => value ?? 0)))
  const y = scaleLinear([0, most], [HEIGHT - BOTTOM, TOP]).nice(4)
  const group = (WIDTH - LEFT) / Math.max(1, labels.length)
  const bar = (group * FILLED) / Math.max(1, series.length)
  const baseline = y(0)
  return {
    width: WIDTH,
    height: HEIGHT,
    left: LEFT,
    baseline,
    ticks: y.ticks(4).map(value => ({ y: round(y(value)), text: mark(value) })),
    labels: labels.map((text, i) => ({ x: round(LEFT + group * (i + 0.5)), text })),
    bars: series.flatMap(({ title, values }, s) =>
      values.flatMap((value, i) => {
        if (value === null || value <= 0) return []
        const top = y(value)
        const x = LEFT + group * i + (group * (1 - FILLED)) / 2 + bar * s
        const text = `${title}, ${labels[i]} : ${say(value)}`
        return [{ x: round(x), y: round(top), width: round(bar), height: round(baseline - top), series: s, text }]
      }),
    ),
  }
}

const round = (length: number) => Math.round(length * 10) / 10
