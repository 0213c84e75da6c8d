import { type Request, type Response, Router } from 'express'
import { audit } from '../../audit/audit.ts'
import type { DocumentPool } from '../../documents/pool.ts'
import type { LeisureRegisterView } from '../../documents/views.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { PARIS } from '../../kernel/clock.ts'
import { notFound } from '../../kernel/problems.ts'
import type { Town } from '../../town-context.ts'
import { clerkOf } from '../../web/asker.ts'
import { type CsvCell, sendCsv } from '../../web/csv.ts'
import { wordsOf } from '../../web/form-page.ts'
import type { Translator } from '../../web/i18n.ts'
import { sendPdf } from '../../web/pdf.ts'
import { agesInWords, hoursInWords } from '../words.ts'
import { knownPeople } from './collecting.ts'
import { centreAndDay } from './home-pages.ts'
import { marksOf } from './marks.ts'
import { type Register, registersOfCentre } from './register.ts'
import { REGISTER, registerAsked } from './register-pages.ts'
import { marksTold, stayTold } from './register-view.ts'

const HOME = '/guichet/loisirs/presences'
/** The parents, and one more, find room on a line of the sheet. */
const MOST_PHONES = 3

const COLUMNS = [
  'day',
  'centre',
  'group',
  'lastName',
  'firstName',
  'age',
  'part',
  'meal',
  'signedUp',
  'standing',
  'arrived',
  'left',
  'collectedBy',
] as const

/** Registers on paper and as a table for a spreadsheet: of a group, or of all groups of a centre. */
export function registerPrintPages(town: Town, pdf: DocumentPool): Router {
  const router = Router()
  const { read } = town.db

  type OfRegister = Request<{ groupId: string; day: string }>
  const ofGroup = async (req: OfRegister) => [await registerAsked(town, req.params)]
  const ofCentre = async (req: Request) => {
    const found = await centreAndDay(town, req.query)
    if (!found) throw notFound()
    return registersOfCentre(read, found.centre.id, found.day)
  }

  router.get(`${HOME}.pdf`, async (req, res) => {
    const clerk = clerkOf(res, 'leisure')
    await print(res, clerk, await ofCentre(req))
  })
  router.get(`${HOME}.csv`, async (req, res) => {
    const clerk = clerkOf(res, 'leisure')
    await exportTable(res, clerk, await ofCentre(req))
  })
  router.get(`${REGISTER}/liste.pdf`, async (req: OfRegister, res) => {
    const clerk = clerkOf(res, 'leisure')
    await print(res, clerk, await ofGroup(req))
  })
  router.get(`${REGISTER}/liste.csv`, async (req: OfRegister, res) => {
    const clerk = clerkOf(res, 'leisure')
    await exportTable(res, clerk, await ofGroup(req))
  })

  async function print(res: Response, clerk: Clerk, registers: readonly Register[]) {
    const [first] = registers
    if (!first) throw notFound()
    const words = wordsOf(town, res)
    const serves = clerk.services.includes('leisure')
    const view: LeisureRegisterView = {
      centre: first.centre.name,
      day: first.day.toString(),
      printedAt: town.clock.now().toString(),
      groups: await Promise.all(registers.map(register => printedGroup(words, register, serves))),
    }
    await taken(clerk, registers, 'leisure-register.printed')
    const language = words.language.code === 'en' ? 'en' : 'fr'
    const request = { kind: 'leisure-register', town: town.config.town, language, view } as const
    sendPdf(res, `${words.t('leisure-register:files.register')}-${first.day}`, await pdf.render(request))
  }

  async function printedGroup(words: Translator, { group, day, rows }: Register, serves: boolean) {
    const { t, f } = words
    const marks = await marksOf(read, rows, day, serves)
    const known = await knownPeople(
      read,
      rows.map(({ child, householdId }) => ({ childId: child.id, householdId })),
    )
    const hour = (at: Temporal.Instant | null | undefined) => (at ? f.time(at) : '')
    return {
      name: [group.name, agesInWords(words, group), hoursInWords(words, group)].join(', '),
      children: rows.map(row => ({
        lastName: row.child.lastName,
        firstName: row.child.firstName,
        age: row.age,
        stay: row.signedUp ? stayTold(words, row) : t('leisure-register:notSignedUp'),
        marks: marksTold(words, marks.get(row.child.id)).map(({ text }) => text),
        phones: (known.get(row.child.id) ?? [])
          .filter(({ phone, kind, otherHome }) => phone !== '' && kind !== 'pickup' && !otherHome)
          .slice(0, MOST_PHONES)
          .map(({ name, phone }) => `${name} ${phone}`),
        arrival: row.standing === 'absent' ? t('leisure-register:standing.absent') : hour(row.noted?.arrivedAt),
        departure: hour(row.noted?.leftAt),
        collectedBy: row.noted?.collectedBy ?? '',
      })),
    }
  }

  async function exportTable(res: Response, clerk: Clerk, registers: readonly Register[]) {
    const [first] = registers
    if (!first) throw notFound()
    const words = wordsOf(town, res)
    await taken(clerk, registers, 'leisure-register.exported')
    sendCsv(
      res,
      `${words.t('leisure-register:files.register')}-${first.day}`,
      COLUMNS.map(column => words.t(`leisure-register:columns.${column}`)),
      registers.flatMap(register => linesOf(words, register)),
    )
  }

  /** Taking names and telephone numbers away is in the trail. */
  const taken = (clerk: Clerk, registers: readonly Register[], action: string) =>
    town.db.transaction(async tx => {
      for (const { group, day, rows } of registers)
        await audit(tx, town.clock.now(), clerk, {
          action,
          subject: { kind: 'leisure-group', id: group.id },
          details: { day: day.toString(), rows: rows.length },
        })
    })
  return router
}

/** Hours as a spreadsheet reads them: 08:32, by the town's clock. */
const hourCell = (at: Temporal.Instant | null | undefined) =>
  at ? at.toZonedDateTimeISO(PARIS).toPlainTime().toString({ smallestUnit: 'minute' }) : ''

const linesOf = ({ t }: Translator, { centre, group, day, rows }: Register): CsvCell[][] =>
  rows.map(({ child, age, part, meal, signedUp, standing, noted }) => [
    day,
    centre.name,
    group.name,
    child.lastName,
    child.firstName,
    age,
    signedUp ? t(`leisure-register:parts.${part}`) : '',
    signedUp ? t(`leisure-register:meal.${meal ? 'yes' : 'no'}`) : '',
    t(signedUp ? 'leisure-register:yes' : 'leisure-register:no'),
    t(`leisure-register:standing.${standing}`),
    hourCell(noted?.arrivedAt),
    hourCell(noted?.leftAt),
    noted?.collectedBy ?? '',
  ])
