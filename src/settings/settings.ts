import { z } from 'zod'
import { prepared, type Queries } from '../db/database.ts'
import { townSettings } from './schema.ts'

/** The records that have a delay, as the town's civil registry calls them. */
export const delayKinds = ['birth', 'marriage', 'death', 'recognition'] as const

/** What may decide who gets a place that several families wish for. */
export const leisureCriterionKeys = ['residents', 'siblings', 'working-parents'] as const
export type LeisureCriterion = (typeof leisureCriterionKeys)[number]

/** A number of days, minutes or copies: typed by an administrator, or read from where it is kept. */
const whole = (least: number, most: number) =>
  z
    .custom<number | string>(value => typeof value === 'number' || typeof value === 'string', 'required')
    .transform((value, context) => {
      const typed = String(value).trim()
      const message = wholeFault(typed, least, most)
      if (message) context.addIssue({ code: 'custom', message })
      return Number(typed)
    })

function wholeFault(typed: string, least: number, most: number): string | undefined {
  if (typed === '') return 'required'
  if (!/^-?\d{1,9}$/.test(typed)) return 'not-a-whole-number'
  if (Number(typed) < least) return 'too-low'
  return Number(typed) > most ? 'too-high' : undefined
}

/** What each setting may be. */
export const settingsShape = {
  openingHours: z
    .string()
    .trim()
    .min(1)
    .max(200)
    // Shown on every page and printed on every letter: one line, and nothing that no keyboard types.
    .transform(text =>
      text
        .toWellFormed()
        .normalize('NFC')
        .replace(/\s+/g, ' ')
        .replace(/\p{Cc}/gu, ''),
    ),
  delays: z.object({ birth: whole(1, 60), marriage: whole(1, 60), death: whole(1, 60), recognition: whole(1, 60) }),
  askDays: whole(7, 180),
  lockMinutes: whole(5, 240),
  mostCopies: whole(1, 20),
  collectionDays: whole(7, 365),
  weeklyMailTo: z
    .union([z.null(), z.string().trim().max(254)])
    .transform(text => text || null)
    .pipe(z.union([z.null(), z.email('not-an-email')], 'not-an-email')),
  leisureCriteria: z
    .array(z.enum(leisureCriterionKeys))
    .refine(criteria => new Set(criteria).size === criteria.length, 'criterion-twice'),
}

type Shape = typeof settingsShape
export type SettingKey = keyof Shape
export const settingKeys = Object.keys(settingsShape) as SettingKey[]

export type Settings = {
  /**
   * One sentence, or null: then the configuration's. Nobody but the settings' page needs it here: everywhere else
   * `town.config.town.openingHours` is what is in force now.
   */
  openingHours: string | null
  /** By kind of record, the working days of the civil registry within which the town means to answer. */
  delays: Record<(typeof delayKinds)[number], number>
  /** How many days an applicant has to send what is missing. */
  askDays: number
  /** After how many minutes without a sign of the clerk a request that was taken is free again. */
  lockMinutes: number
  /** How many copies of one record one request may ask for. */
  mostCopies: number
  /** How many days a record waits at the counter to be collected. */
  collectionDays: number
  /** Who gets the week's figures: the head of service; nobody when null. */
  weeklyMailTo: string | null
  /** What decides who gets a place that several families wish for at a leisure centre, the weightiest first. */
  leisureCriteria: readonly LeisureCriterion[]
}

export const defaultSettings: Settings = {
  openingHours: null,
  delays: { birth: 5, marriage: 5, death: 5, recognition: 5 },
  askDays: 30,
  lockMinutes: 20,
  mostCopies: 3,
  collectionDays: 60,
  weeklyMailTo: null,
  leisureCriteria: ['residents', 'siblings'],
}

const allRows = prepared(db =>
  db.select({ key: townSettings.key, value: townSettings.value }).from(townSettings).prepare(),
)

/** The town's settings as an administrator set them; the program's own where none was set, or makes no sense any more. */
export async function settingsOf(db: Queries): Promise<Settings> {
  const stored = new Map((await allRows(db).execute()).map(({ key, value }) => [key, value.is]))
  const valid = settingKeys.flatMap(key => {
    const parsed = settingsShape[key].safeParse(stored.get(key))
    return stored.has(key) && parsed.success ? [[key, parsed.data] as const] : []
  })
  return { ...defaultSettings, ...Object.fromEntries(valid) }
}
