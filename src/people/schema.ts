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

/** The parts of a child's file. Each is filled or confirmed anew for every school year. */
export type FilePart = 'contacts' | 'pickups' | 'health' | 'vaccination' | 'insurance' | 'consents'

/** Which parts of a child's file a household has confirmed for a school year ('2026-2027'). */
export const childFileParts = table(
  'child_file_parts',
  {
    childId: ref<'person'>().notNull(),
    householdId: ref<'household'>().notNull(),
    year: text().notNull(),
    part: text().$type<FilePart>().notNull(),
    confirmedBy: ref<'person'>().notNull(),
    confirmedAt: instant().notNull(),
  },
  t => [primaryKey({ columns: [t.childId, t.householdId, t.year, t.part] }), index('child_file_parts_year').on(t.year)],
)

/** The health sheet of a school year: health data, kept apart, deleted when the year is over. */
export const childHealthSheets = table(
  'child_health_sheets',
  {
    childId: ref<'person'>().notNull(),
    year: text().notNull(),
    allergies: text().notNull(),
    treatment: text().notNull(),
    advice: text().notNull(),
    doctorName: text().notNull(),
    doctorPhone: text(),
    swimming: text().$type<'no' | 'with-aid' | 'yes'>().notNull(),
    updatedAt: instant().notNull(),
  },
  t => [primaryKey({ columns: [t.childId, t.year] }), index('child_health_sheets_year').on(t.year)],
)

/** Whom to call, in this order, when the parents do not answer. Each household has its own list. */
export const emergencyContacts = table(
  'emergency_contacts',
  {
    childId: ref<'person'>().notNull(),
    householdId: ref<'household'>().notNull(),
    rank: integer().notNull(),
    name: text().notNull(),
    phone: text().notNull(),
    relationship: text().notNull(),
  },
  t => [primaryKey({ columns: [t.childId, t.householdId, t.rank] })],
)

export type Consent = 'photo' | 'outings' | 'swimming' | 'leave-alone'

/** What a household allows, by school year. Where a child has two, the no of either counts. */
export const childConsents = table(
  'child_consents',
  {
    childId: ref<'person'>().notNull(),
    householdId: ref<'household'>().notNull(),
    year: text().notNull(),
    consent: text().$type<Consent>().notNull(),
    given: boolean().notNull(),
    /** For leaving alone: from which age, in whole years. */
    fromAge: integer(),
    saidBy: ref<'person'>().notNull(),
    saidAt: instant().notNull(),
  },
  t => [
    primaryKey({ columns: [t.childId, t.householdId, t.year, t.consent] }),
    index('child_consents_year').on(t.year),
  ],
)

/** Papers of a child's file. The file is shown to the household that sent it, and to clerks; never to the other household. */
export const childDocuments = table(
  'child_documents',
  {
    id: id<'child-document'>(),
    childId: ref<'person'>().notNull(),
    householdId: ref<'household'>().notNull(),
    kind: text().$type<'vaccination' | 'contra-indication' | 'insurance'>().notNull(),
    fileId: ref<'file'>().notNull(),
    /** Last day on which it counts; a vaccination without a next injection has none. */
    validUntil: day(),
    /** Of an insurance only. */
    insurer: text(),
    policyNumber: text(),
    state: text().$type<'to-check' | 'accepted' | 'refused'>().notNull(),
    refusal: text(),
    decidedBy: ref<'account'>(),
    decidedAt: instant(),
    /** Deleted, with its bytes, the day after. */
    keepUntil: day().notNull(),
    createdAt: instant().notNull(),
  },
  t => [
    index('child_documents_child').on(t.childId),
    index('child_documents_state').on(t.state, t.createdAt),
    index('child_documents_keep').on(t.keepUntil),
  ],
)
