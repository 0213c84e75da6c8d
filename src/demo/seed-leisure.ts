import { accountByEmail, actorOf } from '../access/store.ts'
import type { Clerk } from '../kernel/actor.ts'
import { PARIS } from '../kernel/clock.ts'
import { schoolYearOf } from '../kernel/days.ts'
import type { Id } from '../kernel/ids.ts'
import type { Audience } from '../leisure/openings.ts'
import { type CentreForm, saveCentre } from '../leisure/planning/centres.ts'
import { type GroupForm, saveGroup } from '../leisure/planning/groups.ts'
import { type PeriodForm, savePeriod } from '../leisure/planning/periods.ts'
import { saveOpenings } from '../leisure/planning/save-openings.ts'
import { leisureStaff } from '../leisure/schema.ts'
import { daysOf, periodById } from '../leisure/store.ts'
import { servingFacts } from '../schools/store.ts'
import type { Town } from '../town-context.ts'
import type { DemoChild } from './seed-families.ts'
import { seedSignups } from './seed-sign-ups.ts'

const hours = { opensAt: '08:00', closesAt: '18:00' }
const little = { name: 'Les petits', minAge: 3, maxAge: 5, units: ['day', 'half-day-with-meal'], ...hours } as const
const middle = { name: 'Les moyens', minAge: 6, maxAge: 8, units: ['day', 'half-day-with-meal'], ...hours } as const
const big = { name: 'Les grands', minAge: 9, maxAge: 11, units: ['day', 'week'], ...hours } as const

type DemoCentre = { form: CentreForm; groups: readonly GroupForm[]; educators: number }

const group = (
  facts: Omit<GroupForm, 'units' | 'places'> & { units: readonly GroupForm['units'][number][] },
  places: number,
): GroupForm => ({
  ...facts,
  units: [...facts.units],
  places,
})

const centres: readonly DemoCentre[] = [
  {
    form: {
      name: 'Centre de loisirs du Parc',
      address: '12 avenue du Parc, 59100 Valmont',
      phone: '03 20 00 00 11',
      email: 'parc@valmont.example',
      offers: 'Jeux dehors, peinture, contes.\nUne sortie par semaine pendant les vacances.',
      toBring: 'Un manteau\nUn change pour les petits\nUne gourde',
      premises: 80,
      meals: true,
    },
    groups: [group(little, 24), group(middle, 24), group(big, 24)],
    educators: 7,
  },
  {
    form: {
      name: 'Centre de loisirs Jules-Guesde',
      address: '3 rue Jules-Guesde, 59100 Valmont',
      phone: '03 20 00 00 12',
      email: null,
      offers: 'Cuisine, jardin et petits spectacles.',
      toBring: 'Un doudou pour la sieste\nUn change',
      premises: 40,
      meals: true,
    },
    groups: [group(little, 16), group(middle, 20)],
    educators: 3,
  },
  {
    form: {
      name: 'Maison des jeunes du Canal',
      address: '45 quai de Marseille, 59100 Valmont',
      phone: '03 20 00 00 13',
      email: 'canal@valmont.example',
      offers: 'Sport, musique et atelier vidéo.',
      toBring: 'Des baskets\nUn pique-nique',
      premises: 30,
      meals: false,
    },
    groups: [
      {
        name: 'Les ados',
        minAge: 11,
        maxAge: 14,
        units: ['half-day', 'week'],
        opensAt: '09:00',
        closesAt: '17:30',
        places: 24,
      },
    ],
    educators: 2,
  },
]

/**
 * Three centres that open on the Wednesdays of this school year and in its holidays, as last spring. Sign-ups for what comes
 * next are open, first come first served; the holidays after are given by wishes, those after by a draw.
 */
export async function seedLeisure(
  town: Town,
  today: Temporal.PlainDate,
  email: string,
  families: readonly DemoChild[],
): Promise<void> {
  const account = await accountByEmail(town.db.read, email)
  const clerk = account && actorOf(account)
  if (clerk?.kind !== 'clerk') throw new Error(`${email} is no clerk of the demonstration`)
  const places = []
  for (const centre of centres) places.push({ ...centre, id: await saveCentre(town, clerk, centre.form) })
  const forms = await periodsFor(town, today)
  const ahead = forms.filter(form => form.kind !== 'wednesdays' && Temporal.PlainDate.compare(form.from, today) > 0)
  for (const form of forms) {
    const id = await savePeriod(town, clerk, form)
    for (const { id: centreId, groups, educators } of places) {
      for (const one of groups) await saveGroup(town, clerk, { centreId, periodId: id }, one)
      await planStaff(town, { centreId, periodId: id, educators })
    }
    await open(town, clerk, id, { form, today, turn: ahead.indexOf(form) })
  }
  await seedSignups(town, today, families, clerk.accountId)
}

/** The periods of the holidays that the town knows around today. */
async function periodsFor(town: Town, today: Temporal.PlainDate): Promise<PeriodForm[]> {
  const year = schoolYearOf(today)
  const { schoolHolidays } = await servingFacts(
    town.db.read,
    town.config.schoolZone,
    year.from.subtract({ months: 6 }),
    year.to,
  )
  const rest = { pedt: false, hours: 600, cancelDays: 7 }
  const weeks = (name: string, ofYear: (from: Temporal.PlainDate) => boolean): PeriodForm[] =>
    schoolHolidays
      .filter(holiday => holiday.name === name && ofYear(holiday.from))
      .map(({ from, until }) => ({
        name: `${name} ${from.year}`,
        kind: 'holidays',
        from,
        to: until.subtract({ days: 1 }),
        weekdays: [1, 2, 3, 4, 5],
        ...rest,
      }))
  const thisYear = (from: Temporal.PlainDate) => Temporal.PlainDate.compare(from, year.from) >= 0
  const summer = schoolHolidays.find(({ name, from }) => name === "Vacances d'Été" && thisYear(from))
  const wednesdays: PeriodForm[] = summer
    ? [
        {
          ...rest,
          name: `Mercredis ${year.label}`,
          kind: 'wednesdays',
          weekdays: [3],
          pedt: true,
          cancelDays: 15,
          from: year.from,
          to: summer.from.subtract({ days: 1 }),
        },
      ]
    : []
  return [
    ...weeks('Vacances de Printemps', from => !thisYear(from)),
    ...wednesdays,
    ...weeks('Vacances de Noël', thisYear),
    ...weeks("Vacances d'Hiver", thisYear),
    ...weeks('Vacances de Printemps', thisYear),
  ]
}

type Planned = {
  centreId: Id<'leisure-centre'>
  periodId: Id<'leisure-period'>
  educators: number
}

/** As many educators as the centre has, on every day. */
async function planStaff(town: Town, { centreId, periodId, educators }: Planned): Promise<void> {
  const days = await daysOf(town.db.read, town.config.schoolZone, await periodById(town.db.read, periodId))
  await town.db.transaction(async tx => {
    const rows = days.map(day => ({ centreId, day, educators, directorCounts: educators < 5 }))
    if (rows.length > 0) await tx.insert(leisureStaff).values(rows)
  })
}

type Opened = {
  form: PeriodForm
  today: Temporal.PlainDate
  /** Which of the holidays ahead it is, from 0; −1 for what is over, and for Wednesdays. */
  turn: number
}

/** How the places of the holidays ahead are given, the next ones first. */
const TURNS = ['first-come', 'wishes', 'draw'] as const

/** Families of the town first, the others a week later. */
async function open(
  town: Town,
  clerk: Clerk,
  id: Id<'leisure-period'>,
  { form: { from, kind }, today, turn }: Opened,
): Promise<void> {
  const allocation = kind === 'wednesdays' ? 'first-come' : TURNS[turn]
  if (!allocation) return
  const first =
    kind === 'wednesdays'
      ? from.subtract({ months: 2 })
      : earlier(today.add({ days: allocation === 'draw' ? 14 : -3 }), from.subtract({ days: 10 }))
  const at = (day: Temporal.PlainDate) => day.toZonedDateTime({ timeZone: PARIS, plainTime: '08:00' }).toInstant()
  const openings: Partial<Record<Audience, Temporal.Instant>> = {
    residents: at(first),
    everybody: at(first.add({ days: 7 })),
  }
  const { revision } = await periodById(town.db.read, id)
  // A week of wishes once everybody may tell theirs, and two days at least to give the places.
  const wishesUntil = allocation === 'wishes' ? at(earlier(first.add({ days: 14 }), from.subtract({ days: 2 }))) : null
  const form = { allocation, openings: { ...NOBODY, ...openings }, wishesUntil } as const
  await saveOpenings(town, clerk, { id, revision }, form)
}

const NOBODY = { residents: null, siblings: null, 'working-parents': null, everybody: null }
const earlier = (a: Temporal.PlainDate, b: Temporal.PlainDate) => (Temporal.PlainDate.compare(a, b) < 0 ? a : b)
