// One table definition, two dialects: the builders are SQLite's to the type checker, and the chosen engine's at run time.
// Both engines store the same values: days and instants as sortable ISO text, money as integer cents.

import type { Id } from '../kernel/ids.ts'
import type { Cents } from '../kernel/money.ts'
import { sqliteCore as lite, postgresCore } from './drizzle.ts'

export type Dialect = 'sqlite' | 'postgres'

/** The engine this process speaks to: PostgreSQL when `DATABASE_URL` names one, an embedded SQLite file otherwise. */
export const dialect: Dialect = process.env['DATABASE_URL']?.startsWith('postgres') ? 'postgres' : 'sqlite'

const pg = dialect === 'postgres' ? postgresCore() : undefined

export const table = (pg?.pgTable ?? lite.sqliteTable) as typeof lite.sqliteTable
export const index = (pg?.index ?? lite.index) as typeof lite.index
export const uniqueIndex = (pg?.uniqueIndex ?? lite.uniqueIndex) as typeof lite.uniqueIndex
export const primaryKey = (pg?.primaryKey ?? lite.primaryKey) as typeof lite.primaryKey
export const check = (pg?.check ?? lite.check) as typeof lite.check
export const text = (pg?.text ?? lite.text) as typeof lite.text

const wholeNumber = () => lite.integer()
const trueOrFalse = () => lite.integer({ mode: 'boolean' })
const structured = () => lite.text({ mode: 'json' })
const custom = (pg?.customType ?? lite.customType) as typeof lite.customType

export const integer = () => (pg ? pg.bigint({ mode: 'number' }) : wholeNumber()) as ReturnType<typeof wholeNumber>
export const cents = () => integer().$type<Cents>()
export const boolean = () => (pg ? pg.boolean() : trueOrFalse()) as ReturnType<typeof trueOrFalse>
export const json = <T>() => ((pg ? pg.jsonb() : structured()) as ReturnType<typeof structured>).$type<T>()

/** The row's own identifier. */
export const id = <Kind extends string>() => text().$type<Id<Kind>>().primaryKey()
/** The identifier of a row of another table. */
export const ref = <Kind extends string>() => text().$type<Id<Kind>>()

/** Text that is compared by its code points, however the database sorts: what begins alike stands together in an index. */
export const codeText = custom<{ data: string; driverData: string }>({
  dataType: () => (pg ? 'text COLLATE "C"' : 'text'),
})

/** A calendar day of the town, stored as `2026-11-26`. */
export const day = custom<{ data: Temporal.PlainDate; driverData: string }>({
  dataType: () => 'text',
  toDriver: value => value.toString(),
  fromDriver: value => Temporal.PlainDate.from(value),
})

/** A moment, stored as UTC text with milliseconds so that text order is time order. */
export const instant = custom<{ data: Temporal.Instant; driverData: string }>({
  dataType: () => 'text',
  toDriver: value => instantText(value),
  fromDriver: value => Temporal.Instant.from(value),
})

/** The stored form of an instant, for comparisons written by hand. */
export const instantText = (value: Temporal.Instant) => value.toString({ fractionalSecondDigits: 3 })
