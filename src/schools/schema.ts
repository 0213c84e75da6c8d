import {
  boolean,
  day,
  id,
  index,
  instant,
  integer,
  json,
  primaryKey,
  ref,
  table,
  text,
  uniqueIndex,
} from '../db/columns.ts'

export const schools = table(
  'schools',
  {
    id: id<'school'>(),
    /** The national code (UAI): seven digits and a check letter. */
    uai: text().notNull(),
    name: text().notNull(),
    kind: text().notNull(),
    address: text().notNull(),
    postcode: text().notNull(),
    city: text().notNull(),
    phone: text(),
    canteen: boolean().notNull(),
    /** Days of the week with a meal, 1 (Monday) to 5. */
    mealWeekdays: json<readonly number[]>().notNull(),
    /** Meals a day, unless that day says otherwise. */
    mealCapacity: integer().notNull(),
  },
  t => [uniqueIndex('schools_uai').on(t.uai)],
)

export const schoolClasses = table(
  'school_classes',
  {
    id: id<'school-class'>(),
    schoolId: ref<'school'>().notNull(),
    name: text().notNull(),
    /** `TPS`, `PS`, `MS`, `GS`, `CP`, `CE1`, `CE2`, `CM1`, `CM2`, or several. */
    level: text().notNull(),
  },
  t => [uniqueIndex('school_classes_name').on(t.schoolId, t.name)],
)

/** Days without school in the town's zone, `until` being the day of return. */
export const schoolHolidays = table(
  'school_holidays',
  {
    id: id<'school-holiday'>(),
    zone: text().notNull(),
    name: text().notNull(),
    from: day().notNull(),
    until: day().notNull(),
    schoolYear: text().notNull(),
  },
  t => [uniqueIndex('school_holidays_from').on(t.zone, t.from)],
)

/** A day or days without canteen: a strike, works, an outing. Of the whole town, a school, or one class of it. */
export const closures = table(
  'closures',
  {
    id: id<'closure'>(),
    schoolId: ref<'school'>(),
    className: text(),
    from: day().notNull(),
    to: day().notNull(),
    reason: text().$type<'strike' | 'works' | 'outing' | 'teacher-absent' | 'other'>().notNull(),
    /** Said to the parents as it is. */
    message: text().notNull(),
    /** Three schools closed by one strike are three closures of one declaration. */
    declarationId: ref<'closure-declaration'>(),
    createdBy: ref<'account'>(),
    createdAt: instant().notNull(),
    withdrawnAt: instant(),
  },
  t => [index('closures_days').on(t.from, t.to), index('closures_declaration').on(t.declarationId)],
)

/** What a clerk closed in one go, and how far its consequences are drawn: meals cancelled, families told. */
export const closureDeclarations = table(
  'closure_declarations',
  {
    id: id<'closure-declaration'>(),
    state: text().$type<'closing' | 'closed' | 'reopening' | 'withdrawn'>().notNull(),
    /** The meals the clerk agreed to cancel. */
    mealsExpected: integer().notNull(),
    createdBy: ref<'account'>(),
    createdAt: instant().notNull(),
    withdrawnBy: ref<'account'>(),
    withdrawnAt: instant(),
  },
  t => [index('closure_declarations_state').on(t.state)],
)

/** The schools a clerk works for. A clerk without any works for the whole town. */
export const clerkSchools = table(
  'clerk_schools',
  { accountId: ref<'account'>().notNull(), schoolId: ref<'school'>().notNull() },
  t => [primaryKey({ columns: [t.accountId, t.schoolId] })],
)
