// Line charts of throughput, drawn by dygraphs in the colours of the page. Down
// is green, up is blue.

/* global Dygraph */

import { rate } from './units.js';

// The page has its own legend, made of text nodes.
const plugins = () => Dygraph.PLUGINS.filter(
  (plugin) => plugin !== Dygraph.Plugins.Legend);

export const cssColour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const axisRate = (value) => (value === 0 ? '0' : rate(value));

export class RateChart {
  /** `told(index)` gets the point under the pointer, or null. */
  constructor(node, rows, { told, underlay, zoomed } = {}) {
    this.node = node;
    this.options = { told, underlay, zoomed };
    if (!RateChart.withoutLegend) {
      Dygraph.PLUGINS = plugins();
      RateChart.withoutLegend = true;
    }
    this.chart = new Dygraph(node, rows, {
      labels: ['time', 'down', 'up'],
      ...this.theme(),
      strokeWidth: 2,
      fillGraph: true,
      fillAlpha: 0.14,
      includeZero: true,
      animatedZooms: false,
      connectSeparatedPoints: false,
      highlightCircleSize: 4,
      axisLabelFontSize: 12,
      xRangePad: 0,
      yRangePad: 8,
      axes: {
        y: { axisLabelFormatter: axisRate, axisLabelWidth: 78,
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
      colors: [cssColour('--down'), cssColour('--up')],
      gridLineColor: cssColour('--grid'),
      axisLineColor: cssColour('--grid'),
    };
  }

  /** `most` is a value that must fit in addition to the rows. */
  update(rows, dateWindow, most = 0) {
    const [from] = dateWindow || [0];
    const isHigher = most > 0 && rows.every(([time, down, up]) =>
      time < from || (most >= down && most >= up));
    // dygraphs needs at least one row.
    const file = rows.length ? rows : [[new Date(from), null, null]];
    this.chart.updateOptions({ file, dateWindow: dateWindow || null,
      valueRange: isHigher ? [0, most * 1.08] : null });
  }

  resize() { this.chart.resize(); }
}
