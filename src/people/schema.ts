import {
  boolean,
  cents,
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
import { sql } from '../db/drizzle.ts'

/** Anyone the town knows: parent, child, payer, applicant. */
export const persons = table(
  'persons',
  {
    id: id<'person'>(),
    firstName: text().notNull(),
    lastName: text().notNull(),
    birthDate: day(),
    /** Where the town writes to; may be missing. */
    email: text(),
    phone: text(),
    language: text().notNull(),
    /** Accent-, case- and order-insensitive, for the clerks' search. */
    searchKey: text().notNull(),
    createdAt: instant().notNull(),
  },
  t => [
    index('persons_search').on(t.searchKey),
    index('persons_birth').on(t.birthDate),
    index('persons_phone').on(t.phone),
    index('persons_email').on(sql`lower(${t.email})`),
  ],
)

/** Those who book, pay and are written to together. */
export const households = table('households', {
  id: id<'household'>(),
  /** Whom invoices are addressed to. */
  payerId: ref<'person'>().notNull(),
  createdAt: instant().notNull(),
})

export const householdMembers = table(
  'household_members',
  {
    householdId: ref<'household'>().notNull(),
    personId: ref<'person'>().notNull(),
    role: text().$type<'guardian' | 'child'>().notNull(),
    /** When the child was added by a parent and the town has not yet checked it. */
    confirmedAt: instant(),
    createdAt: instant().notNull(),
  },
  t => [
    primaryKey({ columns: [t.householdId, t.personId] }),
    index('household_members_person').on(t.personId),
    // An adult books and pays for one household; a child may be in two.
    uniqueIndex('household_members_guardian').on(t.personId).where(sql`role = 'guardian'`),
  ],
)

/** Where a household lives from a date on; whether that is in the town decides the price from that day. */
export const householdAddresses = table(
  'household_addresses',
  {
    id: id<'address'>(),
    householdId: ref<'household'>().notNull(),
    from: day().notNull(),
    lines: json<readonly string[]>().notNull(),
    postcode: text().notNull(),
    city: text().notNull(),
    resident: boolean().notNull(),
    createdAt: instant().notNull(),
  },
  t => [uniqueIndex('household_addresses_from').on(t.householdId, t.from)],
)

/** Where somebody lives who has no household: asked for once, to write to them and to fill in their requests. */
export const personAddresses = table('person_addresses', {
  personId: ref<'person'>().primaryKey(),
  lines: json<readonly string[]>().notNull(),
  postcode: text().notNull(),
  city: text().notNull(),
  updatedAt: instant().notNull(),
})

/** A second guardian, asked by mail to join. Only the hash of the link's secret is kept. */
export const householdInvitations = table(
  'household_invitations',
  {
    tokenHash: text().primaryKey(),
    householdId: ref<'household'>().notNull(),
    email: text().notNull(),
    invitedBy: ref<'person'>().notNull(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    usedAt: instant(),
  },
  t => [index('household_invitations_household').on(t.householdId)],
)

/** The terms of a shared custody as stored; days are ISO text. `first` is the first household. */
export type CustodyTerms =
  | { kind: 'alternating-weeks'; firstWeek: string }
  | { kind: 'even-and-odd-weeks'; evenWeeks: 'first' | 'second'; changeOver: number }
  | { kind: 'percentage'; firstShare: number }

export type MealType = 'standard' | 'no-pork' | 'vegetarian' | 'pai-basket'

/** What the school services must know of a child, beside the person. */
export const children = table('children', {
  personId: ref<'person'>().primaryKey(),
  mealType: text().$type<MealType>().notNull(),
  /** Whether a health plan (PAI) exists; what it says is health data, kept apart. */
  pai: boolean().notNull(),
})

/** Health data: read by the child's guardians and by those who serve the child, and each look is in the audit trail. */
export const childHealth = table('child_health', {
  childId: ref<'person'>().primaryKey(),
  paiDetails: text().notNull(),
  updatedAt: instant().notNull(),
})

/** Which school and class a child attends, from a day on: past meals stay with the school of their day. */
export const schoolings = table(
  'schoolings',
  {
    id: id<'schooling'>(),
    childId: ref<'person'>().notNull(),
    schoolId: ref<'school'>().notNull(),
    className: text().notNull(),
    from: day().notNull(),
    /** Last day there, when known. */
    to: day(),
  },
  t => [uniqueIndex('schoolings_from').on(t.childId, t.from), index('schoolings_school').on(t.schoolId)],
)

export const pickupPersons = table(
  'pickup_persons',
  {
    id: id<'pickup-person'>(),
    childId: ref<'person'>().notNull(),
    /** The household that named this person: the other one does not see it. */
    householdId: ref<'household'>().notNull(),
    name: text().notNull(),
    phone: text().notNull(),
    relationship: text().notNull(),
  },
  t => [index('pickup_persons_child').on(t.childId)],
)

/** How a child of two households lives with them, from a day on: see `Custody`. What held before stays, for its days' prices. */
export const custodies = table(
  'custodies',
  {
    id: id<'custody'>(),
    childId: ref<'person'>().notNull(),
    firstHouseholdId: ref<'household'>().notNull(),
    secondHouseholdId: ref<'household'>().notNull(),
    from: day().notNull(),
    terms: json<CustodyTerms>().notNull(),
    decidedBy: ref<'account'>(),
    createdAt: instant().notNull(),
  },
  t => [uniqueIndex('custodies_from').on(t.childId, t.from)],
)

/** What one parent says about a shared custody, until the town hall has looked at it. */
export const custodyDeclarations = table(
  'custody_declarations',
  {
    id: id<'custody-declaration'>(),
    childId: ref<'person'>().notNull(),
    /** The household of the parent who declares: `first` in the terms. */
    householdId: ref<'household'>().notNull(),
    from: day().notNull(),
    terms: json<CustodyTerms>().notNull(),
    state: text().$type<'to-check' | 'confirmed' | 'refused' | 'replaced'>().notNull(),
    refusal: text(),
    decidedBy: ref<'account'>(),
    decidedAt: instant(),
    createdAt: instant().notNull(),
  },
  t => [
    index('custody_declarations_child').on(t.childId, t.householdId),
    index('custody_declarations_state').on(t.state),
  ],
)

/** The family quotient (quotient familial, QF) of a household. Until a clerk confirms it, the highest price applies. */
export const familyQuotients = table(
  'family_quotients',
  {
    id: id<'family-quotient'>(),
    householdId: ref<'household'>().notNull(),
    /** The quotient in cents: 640.00 € is 64000. Zero is a quotient; no row is none. */
    value: cents().notNull(),
    /** The day its proof was received: it counts from then, not back. */
    from: day().notNull(),
    to: day().notNull(),
    state: text().$type<'to-check' | 'confirmed' | 'refused'>().notNull(),
    proofId: ref<'file'>(),
    refusal: text(),
    decidedBy: ref<'account'>(),
    decidedAt: instant(),
    createdAt: instant().notNull(),
  },
  t => [index('family_quotients_household').on(t.householdId, t.from), index('family_quotients_state').on(t.state)],
)

/** Files people sent. The bytes lie outside the web root, under a random name. */
export const files = table(
  'files',
  {
    id: id<'file'>(),
    householdId: ref<'household'>().notNull(),
    purpose: text().notNull(),
    name: text().notNull(),
    mediaType: text().notNull(),
    size: integer().notNull(),
    storedAs: text().notNull(),
    createdAt: instant().notNull(),
  },
  t => [index('files_household').on(t.householdId)],
)
