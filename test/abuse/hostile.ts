import fc from 'fast-check'

/** What no field asks for: text that breaks databases, pages or programs, dates that do not exist, and the like. */
const TEXTS = [
  '',
  ' ',
  '\u0000',
  'In\u0000ès',
  '\ud800',
  'a\udfffb',
  '\u202e\u200b\ufeff',
  '2027-02-30',
  '0000-00-00',
  '2026-12-07T00:00:00Z',
  '+275760-09-14',
  '-271821-04-19',
  '9999-12-31',
  '2026-13',
  '2026-W54',
  '-1',
  '1e999',
  'NaN',
  '99999999999999999999',
  "'; drop table schools; --",
  '<script>alert(1)</script>',
  '{{ 197 * 429 - 660 }}',
  '{% raw %}',
  '%s%n%00',
  '../../../../etc/passwd',
  '=HYPERLINK("http://evil.example")',
  'https://evil.example/',
  '__proto__',
  'constructor',
  'toString',
  '00000000-0000-0000-0000-000000000000',
  'x'.repeat(5_000),
  '🧒'.repeat(300),
]

const OTHERS = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  1e308,
  -1e308,
  [],
  {},
  [[]],
  [null],
  { $ne: null },
  { toString: 1 },
  { length: 1e9 },
  Array.from({ length: 10_000 }, () => 0),
  nested(200),
]

/** A value for a field of JSON that is probably not what it should be; `theirs` are ids of other people's things. */
export const hostileValue = (theirs: readonly string[]) =>
  fc.oneof(
    fc.constantFrom(...TEXTS),
    fc.constantFrom<unknown>(...OTHERS),
    fc.constantFrom(...theirs),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.double(),
    fc.integer(),
  )

/** The same for a field of a form or a part of an address. */
export const hostileText = (theirs: readonly string[]) =>
  fc.oneof(
    fc.constantFrom(...TEXTS),
    fc.constantFrom(...theirs),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.double().map(String),
  )

/** As part of an address: what cannot be written there is left as it is broken. */
export function inAddress(text: string): string {
  try {
    return encodeURIComponent(text).slice(0, 4_000)
  } catch {
    return '%ED%A0%80' // a lone surrogate
  }
}

function nested(depth: number): unknown {
  let value: unknown = 'deep'
  for (let n = 0; n < depth; n++) value = [value]
  return value
}
