/** The acts of civil status that a commune keeps (code civil, art. 34 to 101-2). */
export const recordKinds = ['birth', 'marriage', 'death', 'recognition'] as const
export type RecordKind = (typeof recordKinds)[number]

/** What is made of an act: the whole of it, or an extract with or without the parents' names, or one for abroad. */
export const recordForms = ['full-copy', 'with-parentage', 'without-parentage', 'multilingual'] as const
export type RecordForm = (typeof recordForms)[number]

/** Who the applicant is to the person of the act. What each may have is said by `entitlement.ts`. */
export const standings = [
  'self',
  'child', // or grandchild: a descendant
  'parent', // or grandparent: an ascendant
  'spouse',
  'legal-representative',
  'professional', // lawyer or notary with a mandate
  'heir',
  'sibling',
  'partner', // PACS or living together
  'other',
] as const
export type Standing = (typeof standings)[number]

export const deliveries = ['post', 'collection'] as const
export type Delivery = (typeof deliveries)[number]

/** By what way the request came. */
export const channels = ['online', 'counter', 'phone', 'letter'] as const
export type Channel = (typeof channels)[number]

/** A name as the act writes it: first names in their order, no assumption on case; either may be unknown in old acts. */
export type ActName = { firstNames: string; lastName: string }

/** The day of an act or of a birth as far as it is known: `1931`, `1931-05` or `1931-05-12`. */
export type PartialDate = string

export type PostalAddress = {
  lines: readonly string[]
  postcode: string
  city: string
  /** ISO 3166-1 alpha-2. */
  country: string
}

/**
 * Where it happened: here; elsewhere, but the dead person lived here (the act is transcribed at the last residence, civil
 * code, art. 80); in another town of France, overseas included; or abroad.
 */
export const places = ['here', 'lived-here', 'france', 'abroad'] as const
export type Place = (typeof places)[number]

/**
 * All that an applicant answered, as far as they got; only what the law needs (décret n° 2017-890, art. 29).
 * The person of the act is the one born, dead or recognised, or the first spouse of a marriage.
 */
export type Answers = {
  kind?: RecordKind
  form?: RecordForm
  place?: Place
  /** When it happened: the birth, the marriage, the death, the recognition. */
  date?: PartialDate
  standing?: Standing
  /** Whether the person of the act is under 18 and not emancipated; asked only where it changes the answer. */
  minor?: boolean
  /**
   * When the person of the act died, or `no` for who lives or is not known to be dead; of two spouses, the last to die.
   * Some acts open 25 years after (code du patrimoine, art. L213-2).
   */
  died?: PartialDate
  subject?: ActName
  /** Who recognised the child. */
  declarant?: ActName
  /** The birth of the person of the act, when the act is not their birth. */
  subjectBirth?: { date: PartialDate; place: string }
  /** The other spouse of a marriage. */
  spouse?: ActName
  /** Parents of the person of the act, as it names them; an unknown parent is left out. */
  parents?: { first?: ActName; second?: ActName; unknown?: 'one' | 'both' }
  copies?: number
  /** Who asks; the birth date is a whole one (`2001-05-12`). */
  applicant?: { firstName: string; lastName: string; birthDate: string }
  /** The professional's office and its reference. */
  office?: { name: string; reference: string }
  delivery?: Delivery
  address?: PostalAddress
  /** Both may be empty: no one must have an e-mail address or a telephone. */
  contact?: { email?: string; phone?: string }
  /** How identity and standing are proved: papers sent with the request, or shown at the counter. */
  proof?: 'sent' | 'at-counter'
}
