// Line charts, drawn by dygraphs in the colours of the page.

/* global Dygraph */

import { rate } from './units.js';

// The page has its own legend, made of text nodes.
const plugins = () => Dygraph.PLUGINS.filter(
  (plugin) => plugin !== Dygraph.Plugins.Legend);

export const cssColour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const axisRate = (value) => (value === 0 ? '0' : rate(value));

export class LineChart {
  /**
   * `lines` are names and colours, `axisText(value)` labels the axis, and
   * `told(index)` gets the point under the pointer, or null; the labels of the
   * axis are `wide` pixels.
   */
  constructor(node, rows, lines, axisText,
    { told, underlay, zoomed, fill = false, wide = 78 } = {}) {
    this.lines = lines;
    if (!LineChart.withoutLegend) {
      Dygraph.PLUGINS = plugins();
      LineChart.withoutLegend = true;
    }
    this.chart = new Dygraph(node, rows, {
      labels: ['time', ...lines.map(([name]) => name)],
      ...this.theme(),
      strokeWidth: fill ? 2 : 1.5,
      fillGraph: fill,
      fillAlpha: 0.14,
      includeZero: true,
      animatedZooms: false,
      connectSeparatedPoints: false,
      highlightCircleSize: 4,
      axisLabelFontSize: 12,
      xRangePad: 0,
      yRangePad: 8,
      axes: {
        y: { axisLabelFormatter: axisText, axisLabelWidth: wide,
             pixelsPerLabel: 36 },
        x: { pixelsPerLabel: 72 },
      },
      highlightCallback: (_, __, ___, row) => told && told(row),
      unhighlightCallback: () => told && told(null),
      underlayCallback: (canvas, area, chart) =>
        underlay && underlay(canvas, area, chart),
      zoomCallback: (from, to) => zoomed && zoomed(from, to),
      // Drags on a touch screen scroll the page.
      ...(matchMedia('(pointer: coarse)').matches
        ? { interactionModel: {} } : {}),
    });
    addEventListener('ntm-theme', () => this.chart.updateOptions(this.theme()));
    addEventListener('ntm-units', () => this.chart.updateOptions({}));
  }

  theme() {
    return {
      colors: this.lines.map(([, colour]) => cssColour(colour)),
      gridLineColor: cssColour('--grid'),
      axisLineColor: cssColour('--grid'),
    };
  }

  /** `most` is a value that must fit in addition to the rows. */
  update(rows, dateWindow, most = 0) {
    const [from] = dateWindow || [0];
    const isHigher = most > 0 && rows.every(([time, ...values]) =>
      time < from || values.every((value) => most >= value));
    // dygraphs needs at least one row.
    const file = rows.length ? rows
      : [[new Date(from), ...this.lines.map(() => null)]];
    this.chart.updateOptions({ file, dateWindow: dateWindow || null,
      valueRange: isHigher ? [0, most * 1.08] : null });
  }

  resize() { this.chart.resize(); }
}

/** Throughput: down is green, up is blue. */
export class RateChart extends LineChart {
  constructor(node, rows, options) {
    super(node, rows, [['down', '--down'], ['up', '--up']], axisRate,
      { ...options, fill: true });
  }
}
