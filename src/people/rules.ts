import { ageOn, isOnOrBefore, isWithin } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'

/** The entry in force on a day, among entries that each begin on a day and last until the next one begins. */
function lastBegun<T extends { from: Temporal.PlainDate }>(
  history: readonly T[],
  day: Temporal.PlainDate,
): T | undefined {
  let found: T | undefined
  for (const entry of history)
    if (isOnOrBefore(entry.from, day) && (!found || isOnOrBefore(found.from, entry.from))) found = entry
  return found
}

/**
 * The confirmed family quotient that counts on a day: the one that began last among those valid that day, or undefined.
 * A quotient counts from its date of effect, the day its proof was received, even when it is confirmed later. One still
 * to check or refused counts for nothing. A quotient of 0 is one; undefined is none, and none has the highest price.
 */
export function quotientOn<
  T extends { from: Temporal.PlainDate; to: Temporal.PlainDate; state: 'to-check' | 'confirmed' | 'refused' },
>(quotients: readonly T[], day: Temporal.PlainDate): T | undefined {
  return lastBegun(
    quotients.filter(quotient => quotient.state === 'confirmed' && isWithin(day, quotient)),
    day,
  )
}

/** Where the household lives on a day; before its first known address, that one. Undefined when none is known. */
export function addressOn<T extends { from: Temporal.PlainDate }>(
  addresses: readonly T[],
  day: Temporal.PlainDate,
): T | undefined {
  const first = addresses.toSorted((a, b) => Temporal.PlainDate.compare(a.from, b.from))[0]
  return lastBegun(addresses, day) ?? first
}

/** Whether the household lives in the town on a day: whoever moves away on a date pays two prices in that month. */
export function residentOn(
  addresses: readonly { from: Temporal.PlainDate; resident: boolean }[],
  day: Temporal.PlainDate,
): boolean {
  return addressOn(addresses, day)?.resident ?? false
}

/** The school and class of a child on a day, or undefined: past meals stay with the school of their day. */
export function schoolingOn<T extends { from: Temporal.PlainDate; to: Temporal.PlainDate | null }>(
  schoolings: readonly T[],
  day: Temporal.PlainDate,
): T | undefined {
  const found = lastBegun(schoolings, day)
  return found && (found.to === null || isOnOrBefore(day, found.to)) ? found : undefined
}

type Member = { householdId: Id<'household'>; personId: Id<'person'>; role: 'guardian' | 'child' }

/**
 * The households through which an adult may act for a child on a day: those that have the one as guardian and the other
 * as child. Two guardians have equal rights (civil code, art. 372-2); one is enough for everyday acts. Empty when the
 * adult may not act: not a guardian of the child, or the child has come of age (18, civil code, art. 414).
 */
export function actingHouseholds(
  members: readonly Member[],
  adult: Id<'person'>,
  child: { id: Id<'person'>; birthDate: Temporal.PlainDate },
  day: Temporal.PlainDate,
): Id<'household'>[] {
  if (ageOn(child.birthDate, day) >= 18) return []
  const has = (householdId: Id<'household'>, personId: Id<'person'>, role: Member['role']) =>
    members.some(m => m.householdId === householdId && m.personId === personId && m.role === role)
  const households = new Set(members.map(m => m.householdId))
  return [...households].filter(h => has(h, adult, 'guardian') && has(h, child.id, 'child'))
}

/** Letters that Unicode does not decompose, as people type them without the right keyboard. */
const TYPED_AS: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

/**
 * A name as it is searched: no accents, no capitals, no apostrophes (N'Diaye, N’Diaye and Ndiaye are one), hyphens and
 * other signs as one space. 'Œuvré-D’Été' → 'oeuvre dete'.
 */
export function searchKey(name: string): string {
  return name
    .replace(/['’‘ʼ`´′]/g, '') // before NFKD, which makes a space of ´
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}/gu, '')
    .replace(/[œæßøłđðþı]/g, letter => TYPED_AS[letter] ?? letter)
    .replace(/[^\p{L}\p{Mc}\p{N}]+/gu, ' ')
    .trim()
}

const french = new Intl.Collator('fr-FR')

/** The order of names in a list: 'École' beside 'Ecole', 'Ÿ' with 'y', whatever capitals and accents. */
export function compareNames(a: string, b: string): number {
  return french.compare(a, b)
}

/**
 * A telephone number in the international form (E.164: '+33320000000'), or undefined. French numbers may be typed as
 * 03 20 00 00 00, +33 (0)3…, 0033…; foreign ones need their + or 00.
 */
export function phoneNumber(text: string): string | undefined {
  const dialled = text
    .normalize('NFKC')
    .trim()
    .replace(/^00/, '+')
    .replace(/^\+33\s*\(0\)/, '+33')
    .replace(/[\s.\-/\u2010-\u2015]/g, '')
  const [, national] = /^(?:0|\+330?)([1-9]\d{8})$/.exec(dialled) ?? []
  if (national) return `+33${national}`
  return /^\+(?!33)[1-9]\d{7,14}$/.test(dialled) ? dialled : undefined
}

/** A telephone number as the French write it: '+33320000000' → '03 20 00 00 00'; a foreign one as it is kept. */
export function shownPhone(phone: string): string {
  const [, national] = /^\+33(\d{9})$/.exec(phone) ?? []
  return national ? `0${national}`.replace(/(\d\d)(?=\d)/g, '$1\u00a0') : phone
}

/** Who a child is, as far as a form tells. */
export type ChildIdentity = { firstName: string; lastName: string; birthDate: Temporal.PlainDate }

/**
 * Whether two children written down may be the same one: born the same day, with the same first name, and a family name in
 * common ('Diallo' and 'Diallo Martin': parents write one name of two) or all names in another order. Twins differ by
 * their first names. Homonyms born the same day do exist: a clerk decides, never this rule.
 */
export function maybeSameChild(one: ChildIdentity, other: ChildIdentity): boolean {
  if (!one.birthDate.equals(other.birthDate)) return false
  const words = (name: string) => searchKey(name).split(' ')
  const all = (child: ChildIdentity) => words(`${child.firstName} ${child.lastName}`).toSorted().join(' ')
  if (all(one) === all(other)) return true
  const sameFirst = words(one.firstName)[0] === words(other.firstName)[0]
  return sameFirst && words(one.lastName).some(word => words(other.lastName).includes(word))
}

type KnownAs = { firstName: string; lastName: string; phone: string | null; email: string | null }

/**
 * Whether an adult about to be written down may be one that is known: the same names in any order (the birth date may be
 * missing or mistyped); or born the same day with a family name or a first name in common; or reached at the same telephone
 * or e-mail, with a name in common. Homonyms do exist: a clerk decides, never this rule.
 */
export function maybeSamePerson(
  known: KnownAs & { birthDate: Temporal.PlainDate | null },
  typed: KnownAs & { birthDate: Temporal.PlainDate },
): boolean {
  const words = (person: KnownAs) => searchKey(`${person.firstName} ${person.lastName}`).split(' ')
  const shared = words(known).filter(word => words(typed).includes(word)).length
  if (shared === new Set(words(typed)).size && shared === new Set(words(known)).size) return true
  const sameDay = known.birthDate?.equals(typed.birthDate) ?? false
  const sameContact =
    (known.phone !== null && known.phone === typed.phone) ||
    (known.email !== null && known.email.toLowerCase() === typed.email?.toLowerCase())
  return shared > 0 && (sameDay || sameContact)
}

/** Whether it is the very child already written down, capitals and accents aside. */
export function isSameChild(one: ChildIdentity, other: ChildIdentity): boolean {
  const key = (child: ChildIdentity) => `${searchKey(child.firstName)}|${searchKey(child.lastName)}`
  return one.birthDate.equals(other.birthDate) && key(one) === key(other)
}

/**
 * Whether an address is in the town: the town's name, as written on its own address or in short, in its department. A
 * large town has several postcodes, so only the department's figures count. A clerk may decide otherwise.
 */
export function isInTown(
  town: { shortName: string; address: readonly string[] },
  address: { postcode: string; city: string },
): boolean {
  const [, postcode = '', city = ''] = /^(\d{5})\s+(.+)$/.exec(town.address.at(-1)?.trim() ?? '') ?? []
  const cityKey = (name: string) =>
    searchKey(name)
      .replace(/ cedex( \d+)?$/, '')
      .replace(/^st(e?) /, 'saint$1 ')
  const names = [city, town.shortName].map(cityKey)
  return names.includes(cityKey(address.city)) && departmentOf(address.postcode) === departmentOf(postcode)
}

/** Corsica and overseas aside, where the third figure counts too, the first two figures are the department. */
const departmentOf = (postcode: string) => postcode.slice(0, /^(20|97|98)/.test(postcode) ? 3 : 2)
