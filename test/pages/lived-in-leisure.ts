import { eq } from '../../src/db/drizzle.ts'
import { DEMO_PASSWORD } from '../../src/demo/seed-families.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { makeDraw } from '../../src/leisure/opening/draws.ts'
import { leisurePeriods } from '../../src/leisure/schema.ts'
import { cancelDays } from '../../src/leisure/waiting/cancel.ts'
import { tellWishes } from '../../src/leisure/wishes/tell-wishes.ts'
import { createTariff } from '../../src/tariffs/service.ts'
import { signIn } from '../abuse/sign-in.ts'
import { plain } from '../billing/leisure-month.ts'
import type { OpenTown } from '../journeys/open-town.ts'
import { choice, day, hold, plan, XMAS, XMAS_2 } from '../leisure/signing-up-world.ts'
import { book, offerToken, type Plan, wait } from '../leisure/waiting-world.ts'
import { clerkAccount, type Family, family } from '../support/family.ts'
import type { Visitor } from '../support/town.ts'
import { send, sendPhoto } from './forms-sent.ts'
import type { Looker } from './lived-in-town.ts'

export type LivedInLeisure = {
  /** What letters lead the parent to, and what a page asks for by itself. */
  byLetter: readonly string[]
  families: Record<string, Looker>
  clerk: Visitor
  /** The places and the register of a group that has children today, among all those without. */
  deskStarts: readonly string[]
}

const CENTRE = 'Centre de loisirs intercommunal du Parc-Barbieux et des Hauts-Champs'
const LONG_GROUP = 'Les petites exploratrices et les petits explorateurs'
const FEBRUARY = ['2027-02-22', '2027-02-23', '2027-02-24', '2027-02-25', '2027-02-26']
const MARCH = ['2027-03-01', '2027-03-02', '2027-03-03', '2027-03-04', '2027-03-05']
const TODAY = '2026-11-23'
const LAST_FRIDAY = '2026-11-20T10:00:00+01:00'

/** What happens to the leisure centres of the demonstration town, once each, to a family with two children among others. */
export async function liveInLeisure(t: OpenTown, home: Family): Promise<LivedInLeisure> {
  const now = t.town.clock.now()
  const clerk = await signIn(t, { email: 'loisirs@valmont.example', password: DEMO_PASSWORD })
  t.at(LAST_FRIDAY)
  const neighbour = await family(t, { lastName: 'Vandenbroucke-Delannoy', children: [maximilien, 'Tom'] })
  const today = await openToday(t, neighbour)
  const given = await wished(t, 'Stages de février', FEBRUARY, [home, neighbour])
  await wished(t, 'Stages de mars', MARCH, [neighbour])
  t.at(now.toString())
  await giveWishes(clerk, given.periodId)
  await t.settle()

  await signUp(t, home)
  await sendPhoto(home.parent, '/famille/travail', {}, 'proof')
  const offer = await offered(t, neighbour)
  const room = await roomBefore(t, now)
  await fillRegister(clerk, today, neighbour)
  await t.settle()
  return {
    byLetter: [offer, `/centres-de-loisirs/salle/${room}.json`],
    families: {
      'parent with a place to answer': { visitor: neighbour.parent, starts: ['/accueil', offer] },
    },
    clerk,
    deskStarts: [
      `/guichet/centres/${today.centreId}/periodes/${today.periodId}`,
      `/guichet/loisirs/presences/${today.groups[0]}/${TODAY}`,
    ],
  }
}

/** Of nursery school, whom the register must know more of. */
const maximilien = { firstName: 'Maximilien-Alexandre', birthDate: '2021-06-10', pai: 'Arachide : stylo dans le sac.' }

/** A deposit to pay; days to confirm, others to wait for; one cancelled too late, with a certificate to check. */
async function signUp(t: OpenTown, home: Family): Promise<void> {
  const { actor } = await clerkAccount(t, 'cash-office')
  const rule = { ...plain, deposit: 3_000, siblingReduction: 2_000 }
  const wednesdaysOnly = { service: 'leisure-wednesdays', from: day('2026-09-01'), to: null, rule } as const
  await createTariff(t.town, actor, wednesdaysOnly)
  const days = ['2026-11-25', '2026-12-02', '2026-12-09']
  const wednesdays = await plan(t, {
    centre: 'Centre de loisirs des Tilleuls',
    kind: 'wednesdays',
    name: 'Mercredis au Parc-Barbieux',
    days,
  })
  const signup = await book(t, home, wednesdays, days)
  await cancelDays(t.town, home.actor, signup, [day('2026-11-25')])
  const missed = `${home.children[0]?.id}.2026-11-25`
  await sendPhoto(home.parent, '/centres-de-loisirs/justificatifs', { days: missed }, 'paper')

  const christmas = await plan(t, {
    name: 'Vacances de Noël au Parc-Barbieux',
    groups: [{ name: LONG_GROUP, places: 1 }],
  })
  const lucky = await family(t, { signedIn: false })
  await book(t, lucky, christmas, XMAS_2)
  await hold(t, home, christmas, XMAS, { unit: 'week' })
  await hold(t, home, christmas, XMAS_2, { unit: 'week', child: home.children[1]?.id ?? '' })
}

/** A place that was freed: the address in the letter to the first in line; another waits behind. */
async function offered(t: OpenTown, waiting: Family): Promise<string> {
  const full = await plan(t, { name: 'Vacances de Noël, stage de cirque', groups: [{ name: LONG_GROUP, places: 1 }] })
  const lucky = await family(t, { signedIn: false })
  const signup = await book(t, lucky, full, XMAS)
  const now = t.town.clock.now()
  await wait(t, waiting, full, XMAS.slice(0, 2), { child: waiting.children[1]?.id ?? '' })
  await wait(t, await family(t, { signedIn: false }), full, XMAS.slice(0, 1))
  t.at(now.toString())
  await cancelDays(t.town, lucky.actor, signup, XMAS.slice(0, 2).map(day))
  await t.settle()
  return `/centres-de-loisirs/place/${await offerToken(t, waiting)}`
}

/** Holidays by wishes that are told: one place, which every family wishes for its first child. */
async function wished(t: OpenTown, name: string, days: readonly string[], families: readonly Family[]): Promise<Plan> {
  const centre = await plan(t, {
    centre: `${CENTRE} : ${name}`,
    name,
    days,
    allocation: 'wishes',
    opensAt: '2026-11-10T08:00:00+01:00',
    groups: [{ name: LONG_GROUP, places: 1 }],
  })
  await t.town.db.transaction(async tx => {
    const until = { wishesUntil: Temporal.Instant.from('2026-11-22T20:00:00+01:00') }
    await tx.update(leisurePeriods).set(until).where(eq(leisurePeriods.id, centre.periodId))
    await makeDraw(tx, centre.periodId, t.town.clock.now())
  })
  for (const { actor, children } of families) {
    const told = children.map(({ id: childId }) => ({
      childId,
      most: 1,
      choices: [choice(centre, childId, days, { unit: 'week' }), choice(centre, childId, days.slice(0, 1))],
    }))
    await tellWishes(t.town, actor, centre.periodId, { children: told })
  }
  return centre
}

const giveWishes = (clerk: Visitor, period: Id<'leisure-period'>) =>
  send(clerk, `/guichet/loisirs/souhaits/${period}/donner`, {})

/** Holidays whose sign-ups open by a draw in twenty minutes. */
async function roomBefore(t: OpenTown, now: Temporal.Instant): Promise<Id<'leisure-period'>> {
  const days = ['2027-04-19', '2027-04-20']
  const opensAt = now.add({ minutes: 20 }).toString()
  const { periodId } = await plan(t, {
    centre: 'Base nautique',
    name: 'Stages de printemps',
    days,
    allocation: 'draw',
    opensAt,
  })
  await t.town.db.transaction(async tx => void (await makeDraw(tx, periodId, now)))
  return periodId
}

/** A centre that is open today, with children of one family. */
async function openToday(t: OpenTown, home: Family): Promise<Plan> {
  const days = [TODAY, '2026-11-24']
  const groups = [
    { name: LONG_GROUP, maxAge: 5 },
    { name: 'Les grands', minAge: 6 },
  ]
  const centre = await plan(t, { centre: CENTRE, name: 'Stages d’automne', days, groups })
  for (const child of home.children) await book(t, home, centre, days, { child: child.id })
  return centre
}

/** One child has come and gone, with somebody whom the family did not name. */
async function fillRegister(clerk: Visitor, { groups }: Plan, { children }: Family): Promise<void> {
  const register = `/guichet/loisirs/presences/${groups[0]}/${TODAY}/enfants/${children[0]?.id}`
  await send(clerk, register, { do: 'arrive', arrivedAt: '08:10', shown: '' })
}
