import { join } from 'node:path'
import { z } from 'zod'
import type { Weekday } from './kernel/days.ts'
import type { TownIdentity } from './town-identity.ts'

export type Mode = 'production' | 'demo' | 'test'

export type Config = {
  mode: Mode
  host: string
  port: number
  /** Where people reach us, without a slash at the end. */
  baseUrl: string
  /** How many proxies stand in front, whose X-Forwarded-For is believed. */
  trustProxy: number
  /** Requests a minute that one address may send to one process. */
  requestsPerMinute: number
  /** From where on a process refuses newcomers, so that it can go on answering the others. */
  admission: {
    /** Requests taken and not answered yet. */
    requests: number
    /** How long a request has waited for its turn. */
    delayMs: number
  }
  /** `postgres://…`, or the path of the SQLite file. */
  database: string
  redisUrl: string | undefined
  /** Folder of the files people sent and of the PDFs made; never under the web root. */
  filesDir: string
  /** Signs cookies. */
  secret: string
  mail: {
    smtpUrl: string | undefined /** Folder of `.eml` files, when there is no SMTP. */
    folder: string
    from: string
  }
  stripe: {
    secretKey: string
    webhookSecret: string /** The local stand-in's address; never in production. */
    standIn: string | undefined
  }
  town: TownIdentity
  schoolZone: 'A' | 'B' | 'C'
  canteen: {
    /** Until when a meal may be changed: so many working days before, at that hour; 0 is the day itself. */
    cutOffWorkingDays: number
    cutOffHour: string
    /** A limit for each day of meals instead, where the town has one. */
    cutOffTable: CutOffTable | undefined
    certificateDays: number
    firstSickDayCharged: boolean
  }
  leisure: {
    /** How long a place that came free is kept for the first in line, when its day is not near. */
    offerHours: number
    certificateDays: number
    /** How many families the waiting room of a draw lets in each second. */
    roomRate: number
  }
  invoiceDueDays: number
  billing: {
    /** Another clerk than the one who drafted a month must issue it. */
    secondApproval: boolean
    /** What the founding act of the régie lets it take at the counter. */
    counterMeans: readonly ('card' | 'cash' | 'cheque')[]
    /** The most cash it may hold, in cents: above, it is paid into the bank. */
    cashCeiling: number
  }
  metricsToken: string | undefined
  logLevel: string
  /** When set, every page answers 503 with these words. */
  maintenance: string | undefined
}

/** By the weekday of the meal, 1 (Monday) to 7: the weekday, so many weeks before, and the hour of its limit. */
type CutOffTable = Partial<Record<Weekday, { weekday: Weekday; weeksBefore: number; hour: Temporal.PlainTime }>>

/** Every fault of the environment at once, so that one start tells all that is missing. */
export class ConfigError extends Error {
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} fault${faults.length > 1 ? 's' : ''}:\n${faults.map(f => `  - ${f}`).join('\n')}`,
    )
    this.name = 'ConfigError'
    this.faults = faults
  }
}

const wholeNumber = (least: number, most: number) => z.coerce.number().int().min(least).max(most)
const hour = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be an hour such as 10:00')
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const ONE_LIMIT = /^(\w{3})=(\w{3})(?:-([1-4]))?@((?:[01]\d|2[0-3]):[0-5]\d)$/

/** « mon=thu-1@10:00 thu=tue@10:00 »: for Monday, the Thursday one week before; for Thursday, the Tuesday before it. */
function readCutOffTable(text: string): CutOffTable | undefined {
  const table: CutOffTable = {}
  for (const limit of text.trim().split(/\s+/)) {
    const [, meal = '', weekday = '', weeks = '0', hour = ''] = ONE_LIMIT.exec(limit) ?? []
    const [of, on] = [WEEKDAYS.indexOf(meal) + 1, WEEKDAYS.indexOf(weekday) + 1]
    if (of === 0 || on === 0 || (weeks === '0' && on >= of)) return undefined
    table[of as Weekday] = { weekday: on as Weekday, weeksBefore: Number(weeks), hour: Temporal.PlainTime.from(hour) }
  }
  return table
}

const DEMO_TOWN = {
  TOWN_NAME: 'Ville de Valmont',
  TOWN_SHORT_NAME: 'Valmont',
  TOWN_INSEE_CODE: '59512',
  TOWN_SIRET: '21590512200017',
  TOWN_ADDRESS: '17 Grand-Place|59100 Valmont',
  TOWN_PHONE: '03 20 00 00 00',
  TOWN_EMAIL: 'bonjour@valmont.example',
  TOWN_OPENING_HOURS: 'du lundi au vendredi, de 8 h 30 à 17 h',
  TOWN_COURT: 'Tribunal judiciaire de Lille|13 avenue du Peuple-Belge|59034 Lille Cedex',
}

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(3000),
  BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  TRUST_PROXY: wholeNumber(0, 10).default(0),
  REQUESTS_PER_MINUTE: wholeNumber(60, 10_000_000).default(1200),
  ADMISSION_REQUESTS: wholeNumber(1, 100_000).default(80),
  ADMISSION_DELAY_MS: wholeNumber(10, 60_000).default(75),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional(),
  SQLITE_FILE: z.string().optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  FILES_DIR: z.string().optional(),
  SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().optional(),
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_(live|test)_/, 'must be a secret or restricted key of Stripe')
    .optional(),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_/, 'must begin with whsec_')
    .optional(),
  STRIPE_STAND_IN: z.url().optional(),
  TOWN_NAME: z.string().optional(),
  TOWN_SHORT_NAME: z.string().optional(),
  TOWN_INSEE_CODE: z
    .string()
    .regex(/^[0-9][0-9AB][0-9]{3}$/, 'must be an INSEE code of 5 characters')
    .optional(),
  TOWN_SIRET: z
    .string()
    .regex(/^\d{14}$/, 'must have 14 digits')
    .optional(),
  TOWN_ADDRESS: z.string().optional(),
  TOWN_PHONE: z.string().optional(),
  TOWN_EMAIL: z.email().optional(),
  TOWN_OPENING_HOURS: z.string().optional(),
  TOWN_COURT: z
    .string()
    .regex(/^[^|]+(\|[^|]+)+$/, 'must be its name, then the lines of its address, separated by |')
    .optional(),
  TOWN_CIVIL_REGISTRY_PHONE: z.string().optional(),
  TOWN_CIVIL_REGISTRY_EMAIL: z.email().optional(),
  TOWN_REGIE: z.string().default('Régie de recettes Restauration et enfance'),
  TOWN_COLOUR: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #0b5c6b')
    .default('#0b5c6b'),
  TOWN_LOGO: z.string().optional(),
  TOWN_HOSTING: z.string().default('La commune, sur ses propres machines, à la même adresse.'),
  TOWN_LATE_PAYMENT_NOTICE: z
    .string()
    .default('Sans paiement à cette date, nous vous écrivons. Ensuite, le Trésor public peut demander la somme.'),
  SCHOOL_ZONE: z.enum(['A', 'B', 'C']).default('B'),
  CANTEEN_CUT_OFF_WORKING_DAYS: wholeNumber(0, 15).default(2),
  CANTEEN_CUT_OFF_HOUR: hour.default('10:00'),
  CANTEEN_CUT_OFF_TABLE: z
    .string()
    .refine(
      text => readCutOffTable(text) !== undefined,
      'must be such as: mon=thu-1@10:00 tue=thu-1@10:00 thu=tue@10:00',
    )
    .optional(),
  CANTEEN_CERTIFICATE_DAYS: wholeNumber(0, 60).default(5),
  CANTEEN_FIRST_SICK_DAY_CHARGED: z.enum(['yes', 'no']).default('no'),
  LEISURE_OFFER_HOURS: wholeNumber(2, 168).default(48),
  LEISURE_CERTIFICATE_DAYS: wholeNumber(0, 60).default(7),
  LEISURE_ROOM_RATE: wholeNumber(1, 1_000).default(25),
  INVOICE_DUE_DAYS: wholeNumber(1, 90).default(20),
  BILLING_SECOND_APPROVAL: z.enum(['yes', 'no']).default('no'),
  CASH_CEILING: wholeNumber(1, 1_000_000).default(1220),
  COUNTER_MEANS: z
    .string()
    .regex(/^(card|cash|cheque)(,(card|cash|cheque))*$/, 'must list card, cash or cheque, with commas')
    .default('cash,cheque,card'),
  METRICS_TOKEN: z.string().min(16).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  MAINTENANCE: z.string().optional(),
})

/** Variables without which a town must not open its doors. */
const NEEDED_IN_PRODUCTION = [
  'BASE_URL',
  'SECRET',
  'SMTP_URL',
  'MAIL_FROM',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'METRICS_TOKEN',
  ...(Object.keys(DEMO_TOWN) as (keyof typeof DEMO_TOWN)[]),
] as const

/** Reads the environment once into a frozen object. Throws a ConfigError that names every fault. */
export function readConfig(mode: Mode, env: Record<string, string | undefined>): Config {
  // An empty variable, as `.env` files have them, is one that is not set.
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = environment.safeParse(set)
  const faults = (parsed.error?.issues ?? []).map(issue => `${issue.path.join('.')}: ${issue.message}`)
  if (mode === 'production') {
    for (const name of NEEDED_IN_PRODUCTION) if (!set[name]) faults.push(`${name}: is missing`)
    if (set['STRIPE_STAND_IN']) faults.push('STRIPE_STAND_IN: the local stand-in of Stripe is never used in production')
    if (set['BASE_URL']?.startsWith('http://')) faults.push('BASE_URL: must begin with https:// in production')
  }
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults)
  const e = { ...parsed.data }
  const town = { ...DEMO_TOWN, ...set }
  const [court = '', ...courtAddress] = town.TOWN_COURT.split('|')
  const folder = join(import.meta.dirname, '../var')
  return Object.freeze<Config>({
    mode,
    host: e.HOST,
    port: e.PORT,
    baseUrl: (e.BASE_URL ?? `http://127.0.0.1:${e.PORT}`).replace(/\/+$/, ''),
    trustProxy: e.TRUST_PROXY,
    requestsPerMinute: e.REQUESTS_PER_MINUTE,
    admission: { requests: e.ADMISSION_REQUESTS, delayMs: e.ADMISSION_DELAY_MS },
    database: e.DATABASE_URL ?? e.SQLITE_FILE ?? join(folder, 'guichet.sqlite'),
    redisUrl: e.REDIS_URL,
    filesDir: e.FILES_DIR ?? join(folder, 'files'),
    secret: e.SECRET ?? 'a secret that only the demonstration town uses',
    mail: {
      smtpUrl: e.SMTP_URL,
      folder: join(folder, 'mails'),
      from: e.MAIL_FROM ?? 'Ville de Valmont <guichet@valmont.example>',
    },
    stripe: {
      secretKey: e.STRIPE_SECRET_KEY ?? 'sk_test_local',
      webhookSecret: e.STRIPE_WEBHOOK_SECRET ?? 'whsec_local',
      standIn: e.STRIPE_STAND_IN,
    },
    town: {
      name: town.TOWN_NAME,
      shortName: town.TOWN_SHORT_NAME,
      inseeCode: town.TOWN_INSEE_CODE,
      siret: town.TOWN_SIRET,
      address: town.TOWN_ADDRESS.split('|'),
      phone: town.TOWN_PHONE,
      email: town.TOWN_EMAIL,
      openingHours: town.TOWN_OPENING_HOURS,
      regie: e.TOWN_REGIE,
      colour: e.TOWN_COLOUR,
      ...(e.TOWN_LOGO ? { logoFile: e.TOWN_LOGO } : {}),
      hosting: e.TOWN_HOSTING,
      latePaymentNotice: e.TOWN_LATE_PAYMENT_NOTICE,
      court: { name: court, address: courtAddress },
      civilRegistry: {
        phone: e.TOWN_CIVIL_REGISTRY_PHONE ?? town.TOWN_PHONE,
        email: e.TOWN_CIVIL_REGISTRY_EMAIL ?? town.TOWN_EMAIL,
      },
    },
    schoolZone: e.SCHOOL_ZONE,
    canteen: {
      cutOffWorkingDays: e.CANTEEN_CUT_OFF_WORKING_DAYS,
      cutOffHour: e.CANTEEN_CUT_OFF_HOUR,
      cutOffTable: e.CANTEEN_CUT_OFF_TABLE === undefined ? undefined : readCutOffTable(e.CANTEEN_CUT_OFF_TABLE),
      certificateDays: e.CANTEEN_CERTIFICATE_DAYS,
      firstSickDayCharged: e.CANTEEN_FIRST_SICK_DAY_CHARGED === 'yes',
    },
    leisure: {
      offerHours: e.LEISURE_OFFER_HOURS,
      certificateDays: e.LEISURE_CERTIFICATE_DAYS,
      roomRate: e.LEISURE_ROOM_RATE,
    },
    invoiceDueDays: e.INVOICE_DUE_DAYS,
    billing: {
      secondApproval: e.BILLING_SECOND_APPROVAL === 'yes',
      cashCeiling: e.CASH_CEILING * 100,
      counterMeans: e.COUNTER_MEANS.split(',') as Config['billing']['counterMeans'],
    },
    metricsToken: e.METRICS_TOKEN,
    logLevel: e.LOG_LEVEL,
    maintenance: e.MAINTENANCE,
  })
}
