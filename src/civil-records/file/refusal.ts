import { z } from 'zod'
import type { Queries } from '../../db/database.ts'
import { and, desc, eq } from '../../db/drizzle.ts'
import { outbox } from '../../jobs/outbox.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { invalid } from '../../kernel/problems.ts'
import { linesField } from '../../people/forms.ts'
import type { LetterText } from '../../settings/texts.ts'
import type { Town } from '../../town-context.ts'
import { parse } from '../../web/forms.ts'
import type { Translator } from '../../web/i18n.ts'
import { letterAbout } from '../letters.ts'
import { moveRequest } from '../moves.ts'
import { appealInWords } from '../rules/appeal.ts'
import { type Asked, type Entitlement, entitlement, type Refusal } from '../rules/entitlement.ts'
import { askedOf } from '../rules/questions.ts'
import { civilMoves, type ReasonedRefusal, type Told } from '../schema.ts'
import type { CivilRequest } from '../store.ts'
import { actOn, type Seen } from './act-on.ts'
import { paragraphs } from './town-words.ts'

/** Why the rules themselves refuse; then what only a clerk can find out. */
const byRule = [
  'no-standing',
  'heir-has-extract',
  'minor',
  'applicant-minor',
  'no-such-form',
] as const satisfies Refusal[]
export const refusalGrounds = [...byRule, 'not-proved', 'not-found', 'too-vague', 'other'] as const
export type RefusalGround = (typeof refusalGrounds)[number]

const DECREE = 'décret n° 2017-890 du 6 mai 2017'

/** The rule each ground rests on, as it is cited. `other` has none of its own: the clerk names it. */
const sources: Readonly<Record<Exclude<RefusalGround, 'other'>, string>> = {
  'no-standing': `${DECREE}, art. 30 à 32`,
  'heir-has-extract': `${DECREE}, art. 32`,
  minor: `${DECREE}, art. 30`,
  'applicant-minor': `${DECREE}, art. 30`,
  'no-such-form': `${DECREE}, art. 29`,
  'not-proved': `${DECREE}, art. 30`,
  // Copies are made of the acts that the registrar keeps.
  'not-found': 'code civil, art. 101-1',
  'too-vague': `${DECREE}, art. 29`,
}

export const refusalForm = z.object({
  ground: z.enum(refusalGrounds, 'required'),
  /** What happened here: a decision says its grounds of fact beside those of law (CRPA, art. L211-5). */
  facts: linesField(3000).pipe(z.string().min(1)),
  translated: linesField(3000).default(''),
  /** The rule it rests on, for a ground that is not in the list. */
  law: linesField(500).default(''),
})

/** What the rules say today to what was asked: whom they refuse, and on what ground. */
export function rulesToday(town: Town, request: Pick<CivilRequest, 'answers'>): Entitlement | undefined {
  const asked = askedOf(request.answers, dayInParis(town.clock.now()))
  return asked && entitlement(asked)
}

/** Reads a refusal and finds its law and what can be had instead. Throws `invalid` without a ground or its facts. */
export function readRefusal(town: Town, request: CivilRequest, sent: unknown): ReasonedRefusal {
  const { ground, facts, translated, law } = parse(refusalForm, sent)
  if (ground === 'other' && !law) throw invalid([{ field: 'law', code: 'required' }])
  const told = toldIn(town, request)
  const asked = askedOf(request.answers, dayInParis(town.clock.now()))
  return {
    ground,
    law: [ground === 'other' ? { french: law } : lawOf(told, ground, asked)],
    facts: [request.language !== 'fr' && translated ? { french: facts, translated } : { french: facts }],
    instead: asked ? insteadOf(told, ground, asked) : [],
  }
}

type InWords = (say: (words: Translator) => string) => Told

/** Says something in French, and in the applicant's language when it is another. */
const toldIn =
  ({ languages }: Town, { language }: CivilRequest): InWords =>
  say => {
    const french = say(languages.for('fr'))
    return language === 'fr' ? { french } : { french, translated: say(languages.for(language)) }
  }

function lawOf(told: InWords, ground: Exclude<RefusalGround, 'other'>, asked: Asked | undefined): Told {
  const today = asked && entitlement(asked)
  const source = today && !today.allowed && today.reason === ground ? today.source : sources[ground]
  return told(({ t }) => t(`civil-file:refusal.${ground}.law`, { source }))
}

/** What the same applicant may have of the same act, and when it opens to all; or what to try next. */
function insteadOf(told: InWords, ground: RefusalGround, asked: Asked): Told[] {
  if (ground === 'other') return []
  const isRule = (byRule as readonly RefusalGround[]).includes(ground)
  if (!isRule) return [told(({ t }) => t(`civil-file:refusal.${ground}.instead`))]
  // A clerk may find no standing where the applicant said one.
  const today = entitlement(asked)
  const denied = today.allowed ? entitlement({ ...asked, standing: 'other' }) : today
  if (denied.allowed) return []
  const { instead, whom, opensOn } = denied
  return [
    ...instead.map(form =>
      told(({ t }) => t('civil-file:refusal.insteadForm', { form: t(`civil-records:form.${form}`) })),
    ),
    ...(whom === 'representative' ? [told(({ t }) => t('civil-file:refusal.insteadRepresentative'))] : []),
    ...(opensOn ? [told(({ t, f }) => t('civil-file:refusal.opensOn', { day: f.day(opensOn) }))] : []),
  ]
}

/** The reason as the applicant reads it: law, facts, what can be had instead, each in a paragraph of its own. */
export const reasonInWords = ({ law, facts, instead }: ReasonedRefusal, french: boolean): string =>
  paragraphs(
    ...law.map(one => said(one, french)),
    ...facts.map(one => (french ? one.french : paragraphs(one.translated, one.french))),
    ...instead.map(one => said(one, french)),
  )

const said = ({ french, translated }: Told, inFrench: boolean) => (inFrench ? french : (translated ?? french))

/** The letter of a refusal, in the applicant's language and, when that is another, in French. */
export async function refusalLetters(
  town: Town,
  db: Queries,
  request: CivilRequest,
  refusal: ReasonedRefusal,
): Promise<{ theirs: LetterText; french: LetterText | undefined }> {
  const today = dayInParis(town.clock.now())
  const letter = (language: string) =>
    letterAbout(
      town,
      db,
      request,
      'civil.refused',
      {
        reason: reasonInWords(refusal, language === 'fr'),
        appeal: appealInWords(town, town.languages.for(language), today),
      },
      language,
    )
  return {
    theirs: await letter(request.language),
    french: request.language === 'fr' ? undefined : await letter('fr'),
  }
}

/**
 * Refuses a request, with its grounds of law and of fact. The letter with the ways of appeal is drawn and sent after.
 * Throws `invalid` without them, 409 when it cannot be refused now.
 */
export function refuseRequest(town: Town, clerk: Clerk, seen: Seen, sent: unknown): Promise<CivilRequest> {
  return actOn(town, clerk, seen, async (tx, request, now) => {
    const refusal = readRefusal(town, request, sent)
    const reason = reasonInWords(refusal, request.language === 'fr')
    const refused = await moveRequest(tx, now, clerk, request, { to: 'refused', reason, refusal })
    const [move] = await tx
      .select({ id: civilMoves.id })
      .from(civilMoves)
      .where(and(eq(civilMoves.requestId, request.id), eq(civilMoves.to, 'refused')))
      .orderBy(desc(civilMoves.at), desc(civilMoves.id))
      .limit(1)
    const moveId = move!.id
    await outbox(tx, now, { topic: 'civil.refusal', payload: { moveId }, key: `civil.refusal:${moveId}` })
    return refused
  })
}
