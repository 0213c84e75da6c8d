import { accounts } from '../access/schema.ts'
import { invoices } from '../billing/schema.ts'
import { civilRequests } from '../civil-records/schema.ts'
import { prepared, type Queries } from '../db/database.ts'
import { eq, sql } from '../db/drizzle.ts'
import { inList, listOf } from '../db/lists.ts'
import { leisureCentres, leisurePeriods } from '../leisure/schema.ts'
import { payments } from '../payments/schema.ts'
import { households, persons } from '../people/schema.ts'
import { schools } from '../schools/schema.ts'
import type { JournalEntry } from './journal.ts'

/** Who and what the entries are about, by id: in the words of people, where the town still has them. */
export type JournalNames = {
  /** By account. */
  accounts: ReadonlyMap<string, { name: string; clerk: boolean }>
  /** By `<kind> <id>` of a subject; persons by `person <id>`. */
  subjects: ReadonlyMap<string, string>
}

const personName = { firstName: persons.firstName, lastName: persons.lastName }

const accountNames = prepared(db =>
  db
    .select({ id: accounts.id, clerk: accounts.clerk, ...personName })
    .from(accounts)
    .innerJoin(persons, eq(persons.id, accounts.personId))
    .where(inList(accounts.id, 'ids'))
    .prepare(),
)
const personNames = prepared(db =>
  db
    .select({ id: persons.id, ...personName })
    .from(persons)
    .where(inList(persons.id, 'ids'))
    .prepare(),
)
const payerNames = prepared(db =>
  db
    .select({ id: households.id, ...personName })
    .from(households)
    .innerJoin(persons, eq(persons.id, households.payerId))
    .where(inList(households.id, 'ids'))
    .prepare(),
)
/** Each of these has a name or a number of its own. */
const labels = {
  invoice: prepared(db =>
    db.select({ id: invoices.id, name: invoices.number }).from(invoices).where(inList(invoices.id, 'ids')).prepare(),
  ),
  payment: prepared(db =>
    db
      .select({ id: payments.id, name: sql<string>`coalesce(${payments.receiptNumber}, '')` })
      .from(payments)
      .where(inList(payments.id, 'ids'))
      .prepare(),
  ),
  school: prepared(db =>
    db.select({ id: schools.id, name: schools.name }).from(schools).where(inList(schools.id, 'ids')).prepare(),
  ),
  'leisure-centre': prepared(db =>
    db
      .select({ id: leisureCentres.id, name: leisureCentres.name })
      .from(leisureCentres)
      .where(inList(leisureCentres.id, 'ids'))
      .prepare(),
  ),
  'leisure-period': prepared(db =>
    db
      .select({ id: leisurePeriods.id, name: leisurePeriods.name })
      .from(leisurePeriods)
      .where(inList(leisurePeriods.id, 'ids'))
      .prepare(),
  ),
  'civil-request': prepared(db =>
    db
      .select({ id: civilRequests.id, name: sql<string>`coalesce(${civilRequests.number}, '')` })
      .from(civilRequests)
      .where(inList(civilRequests.id, 'ids'))
      .prepare(),
  ),
}

/** The names of all that these entries speak of, in one query for each kind of thing. */
export async function namesIn(db: Queries, entries: readonly JournalEntry[]): Promise<JournalNames> {
  const idsOf = (...kinds: string[]) =>
    entries.flatMap(entry => (kinds.includes(entry.subjectKind) ? [entry.subjectId] : []))
  const actors = entries.flatMap(({ actorAccountId }) => actorAccountId ?? [])
  const residents = entries.flatMap(({ onBehalfOf }) => onBehalfOf ?? [])
  const ids = (list: readonly string[]) => ({ ids: listOf(new Set(list)) })

  const [byAccount, people, payers] = await Promise.all([
    accountNames(db).execute(ids([...actors, ...idsOf('account')])),
    personNames(db).execute(ids([...residents, ...idsOf('person', 'child')])),
    payerNames(db).execute(ids(idsOf('household'))),
  ])
  const subjects = new Map<string, string>()
  for (const row of byAccount) subjects.set(`account ${row.id}`, fullName(row))
  for (const row of people) {
    subjects.set(`person ${row.id}`, fullName(row))
    subjects.set(`child ${row.id}`, fullName(row))
  }
  for (const row of payers) subjects.set(`household ${row.id}`, fullName(row))
  for (const [kind, find] of Object.entries(labels)) {
    for (const { id, name } of await find(db).execute(ids(idsOf(kind)))) subjects.set(`${kind} ${id}`, name)
  }
  return {
    accounts: new Map(byAccount.map(row => [row.id, { name: fullName(row), clerk: row.clerk }])),
    subjects,
  }
}

const fullName = ({ firstName, lastName }: { firstName: string; lastName: string }) => `${firstName} ${lastName}`

/** The page of what was acted on, where there is one for clerks. */
export function pageOf({ subjectKind, subjectId }: JournalEntry, names: JournalNames): string | null {
  switch (subjectKind) {
    case 'account':
      return names.accounts.get(subjectId)?.clerk ? `/guichet/reglages/agents/${subjectId}` : null
    case 'letter-text':
      return `/guichet/reglages/textes/${subjectId.replace(/\.([\w-]+)$/, '/$1')}`
    case 'setting':
      return subjectId === 'leisureCriteria' ? '/guichet/loisirs/souhaits' : '/guichet/reglages/horaires-et-delais'
    default: {
      const folder = PAGES[subjectKind]
      return folder && names.subjects.has(`${subjectKind} ${subjectId}`) ? `${folder}/${subjectId}` : null
    }
  }
}

const PAGES: Readonly<Record<string, string>> = {
  person: '/guichet/personnes',
  household: '/guichet/familles',
  invoice: '/guichet/facturation/factures',
  payment: '/guichet/paiements',
  school: '/guichet/ecoles',
  'leisure-centre': '/guichet/centres',
  'leisure-period': '/guichet/centres/periodes',
  'civil-request': '/guichet/etat-civil',
}
