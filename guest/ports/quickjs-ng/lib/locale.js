// Locales: English as spoken in the United States, the one there is; in UTC or the offset that the engine knows.
'use strict';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const CURRENCIES = { USD: '$', EUR: '€', GBP: '£', JPY: '¥', INR: '₹', CNY: 'CN¥', KRW: '₩', BRL: 'R$', CAD: 'CA$', AUD: 'A$', MXN: 'MX$' };

function roundTo(value, digits) {
  // To even halves as written, not as stored: 1.005 is 1.01 here, as in ICU.
  const [mantissa, exponent = '0'] = `${Math.abs(value)}`.split('e');
  const rounded = Math.round(Number(`${mantissa}e${Number(exponent) + digits}`));
  const text = BigInt(rounded).toString().padStart(digits + 1, '0');
  return digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text;
}

function significant(value, low, high) {
  let text = Number(Math.abs(value).toPrecision(high)).toFixed(Math.max(0, high - 1 - Math.floor(Math.log10(Math.abs(value) || 1))));
  if (text.includes('.')) text = text.replace(/\.?0+$/, '');
  const digits = text.replace(/^0?\.?0*/, '').replace('.', '').length;
  if (digits < low) text = (text.includes('.') ? text : `${text}.`) + '0'.repeat(low - digits);
  return text;
}

function formatNumber(value, options = {}) {
  const { style = 'decimal', currency, useGrouping = true, notation = 'standard', unit, signDisplay = 'auto', minimumIntegerDigits = 1 } = options;
  const isBig = typeof value === 'bigint';
  if (!isBig && Number.isNaN(value)) return 'NaN';
  let suffix = '', prefix = '', number = style === 'percent' ? Number(value) * 100 : value;
  if (notation === 'compact' && !isBig) {
    const step = [[1e12, 'T'], [1e9, 'B'], [1e6, 'M'], [1e3, 'K']].find(([size]) => Math.abs(number) >= size * 0.9995);
    if (step) {
      number /= step[0];
      suffix = step[1];
    }
  }
  const money = style === 'currency' ? (currency === 'JPY' || currency === 'KRW' ? 0 : 2) : undefined;
  let text;
  const fallback = money ?? (style === 'percent' ? 0 : notation === 'compact' ? (Math.abs(Number(number)) < 100 ? 1 : 0) : undefined);
  const low = options.minimumFractionDigits ?? money ?? 0, high = Math.max(low, options.maximumFractionDigits ?? Math.max(low, fallback ?? 3));
  if (!isBig && !Number.isFinite(number)) text = '∞';
  else if (options.maximumSignificantDigits || options.minimumSignificantDigits) text = significant(Number(number), options.minimumSignificantDigits ?? 1, options.maximumSignificantDigits ?? 21);
  else if (isBig) text = `${number < 0n ? -number : number}${low ? `.${'0'.repeat(low)}` : ''}`;
  else {
    text = Math.abs(number) >= 1e21 ? BigInt(Math.abs(number)).toString() : roundTo(number, Math.min(high, 20));
    if (text.includes('.')) {
      const floor = text.indexOf('.') + 1 + low;
      while (text.length > floor && text.endsWith('0')) text = text.slice(0, -1);
      text = text.replace(/\.$/, '');
    }
  }
  let [whole, part] = text.split('.');
  whole = whole.padStart(minimumIntegerDigits, '0');
  if (useGrouping && useGrouping !== 'false') whole = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  text = whole + (part === undefined ? '' : `.${part}`) + suffix;
  if (style === 'percent') text += '%';
  if (style === 'currency') prefix = options.currencyDisplay === 'code' ? `${currency} ` : CURRENCIES[currency] ?? `${currency} `;
  if (style === 'unit') text += { kilobyte: ' kB', megabyte: ' MB', gigabyte: ' GB', byte: ' byte', kilometer: ' km', meter: ' m', celsius: '°C', percent: '%', second: ' sec', minute: ' min', hour: ' hr' }[unit] ?? ` ${unit}`;
  const negative = isBig ? value < 0n : value < 0 || Object.is(value, -0);
  const sign = signDisplay === 'never' ? '' : negative ? '-' : signDisplay === 'always' || (signDisplay === 'exceptZero' && Number(value) !== 0) ? '+' : '';
  return sign + prefix + text;
}

// The fields of a date in its time zone: UTC if that is asked for (or it is no zone that we know), else the local one.
function fieldsOf(date, timeZone) {
  const utc = timeZone !== undefined;
  const get = (name) => date[`get${utc ? 'UTC' : ''}${name}`]();
  return { year: get('FullYear'), month: get('Month'), day: get('Date'), weekday: get('Day'), hour: get('Hours'), minute: get('Minutes'), second: get('Seconds'), ms: get('Milliseconds') };
}

const two = (value) => String(value).padStart(2, '0');

function formatDate(date, options = {}, wanted = 'any', defaults = 'date') {
  if (Number.isNaN(date.getTime())) return 'Invalid Date';
  const f = fieldsOf(date, options.timeZone);
  let { weekday, year, month, day, hour, minute, second, hour12 = options.hourCycle ? !/^h2/.test(options.hourCycle) : true } = options;
  const styles = { full: ['long', 'numeric', 'long', 'numeric'], long: [undefined, 'numeric', 'long', 'numeric'], medium: [undefined, 'numeric', 'short', 'numeric'], short: [undefined, '2-digit', 'numeric', 'numeric'] };
  if (options.dateStyle) [weekday, year, month, day] = styles[options.dateStyle];
  if (options.timeStyle) [hour, minute, second] = ['numeric', '2-digit', options.timeStyle === 'short' ? undefined : '2-digit'];
  const hasDate = weekday || year || month || day, hasTime = hour || minute || second || options.fractionalSecondDigits;
  if (!options.dateStyle && !options.timeStyle) {
    const needs = (wanted === 'date' && !hasDate) || (wanted === 'time' && !hasTime) || (wanted === 'any' && !hasDate && !hasTime);
    if (needs && defaults !== 'time') [year, month, day] = ['numeric', 'numeric', 'numeric'];
    if (needs && defaults !== 'date') [hour, minute, second] = ['numeric', 'numeric', 'numeric'];
  }
  const dayText = day && (day === '2-digit' ? two(f.day) : `${f.day}`), yearText = year && (year === '2-digit' ? two(f.year % 100) : `${f.year}`);
  const weekdayText = weekday && (weekday === 'long' ? DAYS[f.weekday] : weekday === 'narrow' ? DAYS[f.weekday][0] : DAYS[f.weekday].slice(0, 3));
  let dateText = '';
  if (month === 'long' || month === 'short' || month === 'narrow') {
    const name = month === 'long' ? MONTHS[f.month] : month === 'short' ? MONTHS[f.month].slice(0, 3) : MONTHS[f.month][0];
    dateText = dayText ? `${name} ${dayText}${yearText ? `, ${yearText}` : ''}` : `${name}${yearText ? ` ${yearText}` : ''}`;
  } else {
    dateText = [month && (month === '2-digit' ? two(f.month + 1) : `${f.month + 1}`), dayText, yearText].filter(Boolean).join('/');
  }
  if (weekdayText) dateText = dateText ? `${weekdayText}, ${dateText}` : weekdayText;
  let timeText = '';
  if (hour || minute || second) {
    const shown = hour12 ? f.hour % 12 || 12 : f.hour;
    const parts = [hour && (hour === '2-digit' || !hour12 ? two(shown) : `${shown}`), minute && (hour || minute === '2-digit' ? two(f.minute) : `${f.minute}`), second && (minute ? two(f.second) : `${f.second}`)];
    timeText = parts.filter(Boolean).join(':') + (options.fractionalSecondDigits ? `.${String(f.ms).padStart(3, '0').slice(0, options.fractionalSecondDigits)}` : '');
    if (hour && hour12) timeText += ` ${f.hour < 12 ? 'AM' : 'PM'}`;
    if (options.timeZoneName || options.timeStyle === 'full' || options.timeStyle === 'long') timeText += ' UTC';
  }
  const at = options.dateStyle === 'full' || options.dateStyle === 'long' ? ' at ' : ', ';
  return dateText && timeText ? dateText + at + timeText : dateText || timeText;
}

// Collation: roughly the root order of Unicode: marks, digits, letters; accents and then case decide between equals.
const baseOf = (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
const PUNCTUATION = '_-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$';
function weight(character) {
  if (/\s/.test(character)) return 0;
  const at = PUNCTUATION.indexOf(character);
  if (at !== -1) return 1 + at;
  if (/\d/.test(character)) return 100 + Number(character);
  return 1000 + character.codePointAt(0);
}

function compare(a, b, options = {}) {
  const { sensitivity = 'variant', numeric = false } = options;
  const [left, right] = [a, b].map((text) => baseOf(text).toLowerCase());
  const sides = numeric ? [left, right].map((text) => text.match(/\d+|\D/gu) ?? []) : [[...left], [...right]];
  for (let i = 0; i < Math.min(sides[0].length, sides[1].length); i++) {
    const [x, y] = [sides[0][i], sides[1][i]];
    if (x === y) continue;
    if (numeric && /^\d/.test(x) && /^\d/.test(y)) {
      if (Number(x) !== Number(y)) return Number(x) < Number(y) ? -1 : 1;
      continue;
    }
    const difference = weight(x[0]) - weight(y[0]);
    if (difference) return difference < 0 ? -1 : 1;
  }
  if (sides[0].length !== sides[1].length) return sides[0].length < sides[1].length ? -1 : 1;
  if (sensitivity === 'base') return 0;
  if (sensitivity !== 'case') {
    const [x, y] = [a, b].map((text) => text.normalize('NFD').toLowerCase());
    if (x !== y) return x < y ? -1 : 1;
  }
  if (sensitivity === 'accent') return 0;
  const [x, y] = [a, b].map((text) => text.normalize('NFC'));
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return (x[i] === x[i].toLowerCase()) === (options.caseFirst !== 'upper') ? -1 : 1;
  return 0;
}

class Formatter {
  constructor(locale, options = {}) {
    Object.defineProperty(this, 'options', { value: { ...options } });
    if (this.format) this.format = this.format.bind(this);
  }
  resolvedOptions() { return { locale: 'en-US', ...this.defaults?.(), ...this.options }; }
  static supportedLocalesOf(locales) { return [locales ?? []].flat(); }
}
class NumberFormat extends Formatter {
  format(value) { return formatNumber(typeof value === 'bigint' ? value : Number(value), this.options); }
  formatToParts(value) { return [{ type: 'literal', value: this.format(value) }]; }
  defaults() { return { numberingSystem: 'latn', style: 'decimal' }; }
}
class DateTimeFormat extends Formatter {
  format(date = Date.now()) { return formatDate(new Date(date), this.options); }
  formatToParts(date = Date.now()) {
    const fields = fieldsOf(new Date(date), this.options.timeZone);
    return (this.format(date).match(/\d+|[A-Za-z]+|[^A-Za-z\d]+/g) ?? []).map((value) => {
      const number = Number(value);
      const type = /^[^A-Za-z\d]/.test(value) ? 'literal' : value === 'AM' || value === 'PM' ? 'dayPeriod' : DAYS.some((day) => day.startsWith(value)) ? 'weekday' : MONTHS.some((name) => name.startsWith(value)) ? 'month'
        : number === fields.year || value.length === 4 ? 'year' : 'number';
      return { type, value };
    });
  }
  defaults() { return { calendar: 'gregory', numberingSystem: 'latn', timeZone: process.env.TZ || 'UTC' }; }
}
class Collator extends Formatter {
  constructor(locale, options) {
    super(locale, options);
    this.compare = (a, b) => compare(`${a}`, `${b}`, this.options);
  }
}
class PluralRules extends Formatter {
  select(value) {
    if (this.options.type !== 'ordinal') return Number(value) === 1 ? 'one' : 'other';
    const tens = value % 100, ones = value % 10;
    return tens > 10 && tens < 14 ? 'other' : ones === 1 ? 'one' : ones === 2 ? 'two' : ones === 3 ? 'few' : 'other';
  }
}
class ListFormat extends Formatter {
  format(list) {
    const items = [...list], word = this.options.type === 'disjunction' ? 'or' : 'and';
    return items.length < 2 ? items.join('') : items.length === 2 ? items.join(` ${word} `) : `${items.slice(0, -1).join(', ')}, ${word} ${items.at(-1)}`;
  }
}
class RelativeTimeFormat extends Formatter {
  format(value, unit) {
    unit = unit.replace(/s$/, '');
    const count = `${formatNumber(Math.abs(value))} ${unit}${Math.abs(value) === 1 ? '' : 's'}`;
    if (this.options.numeric === 'auto' && unit === 'day' && Math.abs(value) <= 1) return ['yesterday', 'today', 'tomorrow'][value + 1];
    return value < 0 || Object.is(value, -0) ? `${count} ago` : `in ${count}`;
  }
}
class Segmenter extends Formatter {
  segment(text) {
    const pattern = this.options.granularity === 'word' ? /[\p{L}\p{N}_']+|[^\p{L}\p{N}_']/gu : this.options.granularity === 'sentence' ? /[^.!?]+[.!?]*\s*/gu : /\P{M}\p{M}*(?:\u200d\P{M}\p{M}*)*/gsu;
    return [...text.matchAll(pattern)].map((found) => ({ segment: found[0], index: found.index, input: text, ...(this.options.granularity === 'word' ? { isWordLike: /[\p{L}\p{N}]/u.test(found[0]) } : {}) }));
  }
}

const Intl = { NumberFormat, DateTimeFormat, Collator, PluralRules, ListFormat, RelativeTimeFormat, Segmenter, getCanonicalLocales: (names) => [names ?? []].flat() };
for (const name of Object.keys(Intl)) {
  const made = Intl[name];
  if (/^[A-Z]/.test(name)) Intl[name] = new Proxy(made, { apply: (target, self, values) => new made(...values) });
}
Object.defineProperty(Intl, Symbol.toStringTag, { value: 'Intl', configurable: true });

module.exports = {
  Intl,
  methods: {
    toLocaleString(value, locale, options) {
      if (value instanceof Date) return formatDate(value, options, 'any', 'all');
      if (Array.isArray(value)) return value.map((item) => item?.toLocaleString(locale, options) ?? '').join(',');
      return formatNumber(typeof value === 'object' ? value.valueOf() : value, options);
    },
    toLocaleDateString: (date, locale, options) => formatDate(date, options, 'date', 'date'),
    toLocaleTimeString: (date, locale, options) => formatDate(date, options, 'time', 'time'),
    localeCompare: (text, other, locale, options) => compare(`${text}`, `${other}`, options),
  },
};
