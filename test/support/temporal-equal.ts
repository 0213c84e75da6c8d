// Loaded before every test file that `npm test` runs. To Node, two days, instants or durations are always deeply equal,
// since they have no properties of their own: `deepEqual` of what holds one would prove nothing about it. Here it compares
// them by their text, and code that asks `isDeepStrictEqual` about one is told that it must not.
// A file that is run alone with `node --test` goes without: `node --import ./test/support/temporal-equal.ts --test …`.
import assert from 'node:assert'
import { syncBuiltinESMExports } from 'node:module'
import util from 'node:util'

const COMPARISONS = [
  'deepEqual',
  'deepStrictEqual',
  'notDeepEqual',
  'notDeepStrictEqual',
  'partialDeepStrictEqual',
] as const

/** The property that tells a Temporal value from others: its text. */
const TEXT = Symbol('text')

for (const asserting of [assert, assert.strict]) {
  for (const name of COMPARISONS) {
    const compare = asserting[name]
    const byText = (...values: unknown[]) => {
      for (const value of temporalsIn(values)) Object.assign(value, { [TEXT]: value.toString() })
      Reflect.apply(compare, asserting, values)
    }
    Object.assign(asserting, { [name]: byText })
  }
}

const { isDeepStrictEqual } = util
util.isDeepStrictEqual = (...values) => {
  if (temporalsIn(values).length > 0)
    throw new Error('isDeepStrictEqual finds all Temporal values equal: use their text')
  return isDeepStrictEqual(...values)
}

// Those who import the functions by name get these.
syncBuiltinESMExports()

/** The Temporal values inside what is compared, wherever Node would look for them. */
function temporalsIn(value: unknown, seen = new Set<object>()): object[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return []
  seen.add(value)
  if (isTemporal(value)) return [value]
  const members = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : []
  return [...members, ...Object.values(value)].flatMap(each => temporalsIn(each, seen))
}

const isTemporal = (value: object): boolean => Object.prototype.toString.call(value).startsWith('[object Temporal.')
