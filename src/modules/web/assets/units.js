// Formats numbers, with decimal units: 1 MB is 1,000,000 bytes.

const KB = 1e3;
const MB = 1e6;
const GB = 1e9;
const TB = 1e12;

let bits = false;

/** Switches rates to bits, as set by --units or on the page. */
export const showBits = (on) => { bits = on; };

export const areBits = () => bits;

/** "312", "9.5", "<0.1"; null where the next unit is the better one. */
function below1000(value) {
  if (value >= 999.5) return null;
  if (value >= 9.95) return value.toFixed(0);
  return value >= 0.05 ? value.toFixed(1) : '<0.1';
}

/**
 * Bytes per second: "0 KB/s", "312 B/s", "512.0 KB/s", "2.0 MB/s"; in bits
 * "4.1 Mbit/s".
 */
export function rate(bytesPerSecond) {
  const value = Math.max(0, Number(bytesPerSecond) || 0);
  if (bits) return bitRate(8 * value);
  if (value === 0) return '0 KB/s';
  const few = below1000(value);
  if (few) return `${few} B/s`;
  if (value < MB) return `${(value / KB).toFixed(1)} KB/s`;
  if (value < GB) return `${(value / MB).toFixed(1)} MB/s`;
  return `${(value / GB).toFixed(2)} GB/s`;
}

function bitRate(value) {
  if (value === 0) return '0 kbit/s';
  const few = below1000(value);
  if (few) return `${few} bit/s`;
  if (value < MB) return `${(value / KB).toFixed(1)} kbit/s`;
  if (value < GB) return `${(value / MB).toFixed(1)} Mbit/s`;
  return `${(value / GB).toFixed(2)} Gbit/s`;
}

/** Bytes: "0 KB", "60 B", "812.5 KB", "1.5 MB", "999.99 GB", "1.00 TB". */
export function size(bytes) {
  const value = Number(bytes) || 0;
  if (value === 0) return '0 KB';
  if (value < KB) return `${value.toFixed(0)} B`;
  if (value < MB) return `${(value / KB).toFixed(1)} KB`;
  if (value < GB) return `${(value / MB).toFixed(1)} MB`;
  if (value < TB) return `${(value / GB).toFixed(2)} GB`;
  return `${(value / TB).toFixed(2)} TB`;
}

export function count(number) {
  return number === null || number === undefined
    ? '–' : Number(number).toLocaleString('en-US');
}

/** A ratio as "62.5 %"; "–" if it is not known. */
export function percent(ratio, digits = 1) {
  return ratio === null || ratio === undefined
    ? '–' : `${(ratio * 100).toFixed(digits)} %`;
}

/** Rounds down, so that 100 % means that nothing was dropped. */
export function coverage(ratio) {
  if (ratio === null || ratio === undefined) return '–';
  if (ratio === 1) return '100 %';
  return `${(Math.floor(ratio * 10000) / 100).toFixed(2)} %`;
}

export function change(value) {
  if (value === null || value === undefined) return '–';
  return `${value > 0 ? '+' : ''}${value.toFixed(1)} %`;
}

const pad = (number) => String(number).padStart(2, '0');

/** Local time: "14:05", with the date unless it is today. */
export function when(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '–';
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  if (date.toDateString() === new Date().toDateString()) return clock;
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-` +
         `${pad(date.getDate())} ${clock}`;
}

/** "now", "12 s ago", "3 min ago", "5 h ago". */
export function ago(time) {
  const seconds = Math.max(0, (Date.now() - new Date(time).getTime()) / 1000);
  if (Number.isNaN(seconds)) return '–';
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${Math.round(seconds)} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86400)} d ago`;
}

/** 300 → "5 min". */
export function span(seconds) {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} d`;
}

/** Whether the forecast has an interval yet; that needs some history. */
export const isBounded = (forecast) => forecast.lower_bytes_per_second > 0 ||
  forecast.upper_bytes_per_second > forecast.bytes_per_second;
