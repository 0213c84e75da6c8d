import { accountByEmail, actorOf } from '../access/store.ts'
import { createRequest, type WholeRequest } from '../civil-records/asking/create-request.ts'
import { askApplicant } from '../civil-records/file/ask-applicant.ts'
import { prepareAct } from '../civil-records/printing/act.ts'
import { layOutAll, postAll, signAll } from '../civil-records/printing/dispatch.ts'
import { typedFromAnswers } from '../civil-records/printing/typed-act.ts'
import { release, takeRequest } from '../civil-records/queue/holding.ts'
import { requestById } from '../civil-records/store.ts'
import { anonymous, clerkAmong } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import type { Town } from '../town-context.ts'
import { type Chance, sameChance } from './chance.ts'
import { familyNames, parentNames, streets } from './names.ts'
import { paper } from './paper.ts'

type RequestId = Id<'civil-request'>

/** How many were answered in the months before, and how many wait today. */
const ANSWERED = 30
const WAITING = 14

/**
 * Requests for records: some answered in the last months, so that the figures show something; a queue for a clerk to
 * clear, the oldest of it late; one of each step between.
 */
export async function seedCivilRecords(town: Town, today: Temporal.PlainDate): Promise<void> {
  const account = await accountByEmail(town.db.read, 'etat-civil@valmont.example')
  if (!account) return
  const clerk = clerkAmong(actorOf(account), 'civil-registry')
  const chance = sameChance(1792)
  const identity = { name: 'carte-identite.pdf', bytes: await paper('Carte nationale d’identité', 'Spécimen') }
  const on = (daysAgo: number, hour = 10) => clockOn(town, today.subtract({ days: daysAgo }), hour)

  const receive = async (daysAgo: number, more: Partial<WholeRequest> = {}) => {
    const asked = { ...wish(chance, today), ...more }
    const files = asked.answers.proof === 'sent' ? [identity] : []
    const { id } = await createRequest(on(daysAgo, chance.whole(8, 17)), anonymous, {
      channel: 'online',
      files,
      ...asked,
    })
    return id
  }
  /** Takes it, finds the act, and accepts. */
  const accept = async (id: RequestId, daysAgo: number) => {
    const then = on(daysAgo, 18)
    const request = await takeRequest(then, clerk, id)
    const typed = {
      ...typedFromAnswers(request),
      'event.place': 'Valmont (Nord)',
      'register.number': String(chance.whole(1, 900)),
    }
    await prepareAct(then, clerk, id, { version: request.version, typed, scans: [], accept: true })
  }
  const seen = async (id: RequestId) => [{ id, version: (await requestById(town.db.read, id)).version }]
  const send = async (id: RequestId, daysAgo: number) => {
    const then = on(daysAgo, 19)
    await signAll(then, clerk, await seen(id))
    const { delivery } = await requestById(town.db.read, id)
    await (delivery === 'post' ? postAll : layOutAll)(then, clerk, await seen(id))
  }

  for (let n = 0; n < ANSWERED; n++) {
    const daysAgo = 12 + n * 6
    const id = await receive(daysAgo)
    const answered = daysAgo - chance.whole(1, 9)
    await accept(id, answered)
    await send(id, answered)
  }
  for (let n = 0; n < 3; n++) await accept(await receive(4 + n), 1)
  const unclear = await receive(6)
  const held = await takeRequest(on(2), clerk, unclear)
  await askApplicant(
    on(2),
    clerk,
    { id: unclear, version: held.version },
    { canned: 'civil.canned.unreadable-identity' },
  )
  await release(on(2), clerk, unclear)
  for (let n = 0; n < WAITING; n++) await receive(9 - Math.floor((n * 9) / WAITING))
}

/** The town as it was at that hour of that day, in Paris. */
function clockOn(town: Town, day: Temporal.PlainDate, hour: number): Town {
  const then = day.toZonedDateTime({ timeZone: 'Europe/Paris', plainTime: { hour } }).toInstant()
  const now = town.clock.now()
  const earlier = Temporal.Instant.compare(then, now) < 0 ? then : now
  return { ...town, clock: { now: () => earlier } }
}

/** What somebody of the town asks for: mostly their own birth, then marriages, deaths and old acts. */
function wish(chance: Chance, today: Temporal.PlainDate): Pick<WholeRequest, 'answers' | 'language'> {
  const [firstName, lastName, other] = [chance.one(parentNames), chance.one(familyNames), chance.one(familyNames)]
  const born = today.subtract({ years: chance.whole(19, 60), days: chance.whole(0, 364) }).toString()
  const email = `${plain(firstName)}.${plain(lastName)}@exemple.fr`
  const posted = chance.happens(0.75)
  const asking = {
    place: 'here',
    copies: chance.happens(0.2) ? 2 : 1,
    applicant: { firstName, lastName, birthDate: born },
    ...(posted
      ? {
          delivery: 'post',
          address: {
            lines: [`${chance.whole(1, 120)} ${chance.one(streets)}`],
            postcode: '59100',
            city: 'Valmont',
            country: 'FR',
          },
        }
      : { delivery: 'collection' }),
    contact: { email },
  }
  const parents = {
    first: { firstNames: chance.one(parentNames), lastName },
    second: { firstNames: chance.one(parentNames), lastName: other },
  }
  const subject = { firstNames: firstName, lastName }
  const own = { kind: 'birth', date: born, standing: 'self', subject, proof: 'sent' }
  switch (chance.whole(1, 8)) {
    case 1:
      return {
        answers: {
          ...asking,
          kind: 'marriage',
          form: 'full-copy',
          date: today.subtract({ years: chance.whole(2, 15), days: chance.whole(0, 364) }).toString(),
          standing: 'self',
          subject,
          subjectBirth: { date: born, place: 'Valmont' },
          spouse: { firstNames: chance.one(parentNames), lastName: other },
          parents,
          proof: 'sent',
        },
      }
    case 2:
      return {
        answers: {
          ...asking,
          kind: 'death',
          form: 'full-copy',
          date: today.subtract({ years: chance.whole(0, 20), days: chance.whole(2, 364) }).toString(),
          subject: { firstNames: chance.one(parentNames), lastName },
        },
      }
    case 3:
      return {
        answers: {
          ...asking,
          kind: 'marriage',
          form: 'full-copy',
          date: String(chance.whole(1905, 1938)),
          standing: 'child',
          subject: { firstNames: chance.one(parentNames), lastName },
          subjectBirth: { date: String(chance.whole(1880, 1904)), place: 'Valmont' },
          spouse: { firstNames: chance.one(parentNames), lastName: other },
          parents,
          proof: 'sent',
        },
      }
    case 4:
      return { answers: { ...asking, ...own, form: 'without-parentage' } }
    case 5:
      return { answers: { ...asking, ...own, form: 'multilingual', parents }, language: 'en' }
    default:
      return { answers: { ...asking, ...own, form: chance.happens(0.7) ? 'full-copy' : 'with-parentage', parents } }
  }
}

const plain = (name: string) =>
  name
    .normalize('NFD')
    .replace(/[^a-z]/gi, '')
    .toLowerCase()
