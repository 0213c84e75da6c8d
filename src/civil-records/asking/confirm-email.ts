import { countAttempt, type Limit } from '../../access/attempts.ts'
import { emailKey, subscriberOf } from '../../access/rules.ts'
import { audit } from '../../audit/audit.ts'
import type { Queries, Tx } from '../../db/database.ts'
import { and, eq, isNull } from '../../db/drizzle.ts'
import { type Actor, anonymous } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { type Id, newId } from '../../kernel/ids.ts'
import { conflict, notFound, Problem } from '../../kernel/problems.ts'
import { letterText } from '../../settings/texts.ts'
import type { Town } from '../../town-context.ts'
import { lockedRequest } from '../following/follow.ts'
import { makeRequestLink, requestOfLink } from '../links.ts'
import { civilLinks } from '../schema.ts'
import { type CivilRequest, requestById } from '../store.ts'
import { whatWasAsked } from '../words.ts'
import { type Sent, send, wholeAnswers, withFreshNumber } from './submit.ts'

/** Each makes a letter to an address that nobody has shown to be theirs: nobody's letter box is flooded from here. */
const LETTERS_TO_EMAIL: Limit = { what: 'civil-letters-to-email', times: 4, minutes: 60 }
const LETTERS_FROM_ADDRESS: Limit = { what: 'civil-letters-from-address', times: 30, minutes: 60 }

/** Until when a draft can be gone on with. */
const DRAFT_LIFETIME = Temporal.Duration.from({ hours: 7 * 24 })
export const keptUntil = ({ createdAt }: Pick<CivilRequest, 'createdAt'>): Temporal.PlainDate =>
  dayInParis(createdAt.add(DRAFT_LIFETIME))

/** The address that must be confirmed before the request is sent: given by somebody who has no account. */
export const emailToConfirm = ({ personId, answers }: CivilRequest): string | undefined =>
  personId ? undefined : answers.contact?.email

/**
 * Writes to the address that was given: its link sends the request. It can be asked for again; the same key writes once.
 * Throws as `submitRequest` does for a draft that cannot be sent, 429 for too many letters.
 */
export async function askToConfirm(
  town: Town,
  draft: CivilRequest,
  { seen, address, key }: { seen?: number | undefined; address: string; key: string },
): Promise<void> {
  const email = emailToConfirm(draft)
  if (!email) throw notFound()
  if (seen !== undefined && seen !== draft.version) throw conflict('request-changed')
  await town.db.transaction(async tx => {
    const { answers } = await wholeAnswers(tx, town, draft)
    await slowLetters(tx, town, email, address)
    const secret = await makeRequestLink(tx, town.clock.now(), draft.id, 'confirm-email')
    await noted(tx, town, draft, 'civil-request.confirmation-sent')
    const words = town.languages.for(draft.language)
    const { firstName = '', lastName = '' } = answers.applicant ?? {}
    await town.mailer.write(tx, town.clock.now(), {
      key: `civil.confirm-email:${draft.id}:${key.slice(0, 64) || newId()}`,
      kind: 'civil.confirm-email',
      to: { personId: null, email, language: draft.language },
      content: {
        ...(await letterText(town, tx, 'civil.confirm-email', draft.language, {
          firstName,
          lastName,
          what: whatWasAsked(words, { kind: answers.kind ?? null, form: answers.form ?? null, answers }),
          deadline: words.f.day(keptUntil(draft)),
        })),
        action: {
          label: words.t('civil-ask:confirmEmail.action'),
          url: `${town.config.baseUrl}/etat-civil/confirmer/${secret}`,
        },
      },
    })
  })
}

/** The request that a link of that letter sends, sent or not; undefined when the link does not work. Changes nothing. */
export async function requestToConfirm(town: Town, db: Queries, secret: string): Promise<CivilRequest | undefined> {
  const id = await requestOfLink(db, town.clock.now(), secret, 'confirm-email')
  if (!id) return undefined
  const request = await requestById(db, id).catch(nothingThere)
  return request?.personId ? undefined : request
}

/**
 * Sends the request that the link is about: the address is its sender's. Pressed again, it leads to the same request.
 * Throws 410 `gone` for a link that does not work.
 */
export async function confirmAndSend(town: Town, actor: Actor, secret: string): Promise<Sent> {
  return withFreshNumber(() =>
    town.db.transaction(async tx => {
      const found = await requestToConfirm(town, tx, secret)
      const request = found && (await lockedRequest(tx, found.id))
      if (!request || request.state === 'withdrawn' || request.state === 'expired') throw new Problem(410, 'gone')
      if (request.state === 'draft') return send(tx, town, actor, request, emailToConfirm(request) ?? null)
      return { request, secret: await makeRequestLink(tx, town.clock.now(), request.id, 'follow') }
    }),
  )
}

/**
 * Writes a link to go on with the draft on any device, to an address that the asker gives; earlier links end.
 * Throws 429 for too many letters.
 */
export async function sendResumeLink(
  town: Town,
  draft: CivilRequest,
  email: string,
  from: { address: string },
): Promise<void> {
  await town.db.transaction(async tx => {
    const now = town.clock.now()
    await slowLetters(tx, town, email, from.address)
    await endLinks(tx, now, draft.id, 'resume')
    const secret = await makeRequestLink(tx, now, draft.id, 'resume')
    await noted(tx, town, draft, 'civil-request.link-sent')
    const { t, f } = town.languages.for(draft.language)
    await town.mailer.write(tx, now, {
      key: `civil.resume:${newId()}`,
      kind: 'civil.resume',
      to: { personId: null, email, language: draft.language },
      content: {
        ...(await letterText(town, tx, 'civil.resume', draft.language, { deadline: f.day(keptUntil(draft)) })),
        action: { label: t('civil-ask:resumeAction'), url: `${town.config.baseUrl}/etat-civil/reprendre/${secret}` },
      },
    })
  })
}

/** The draft that a link goes on with; undefined when the link or the draft is over. Changes nothing. */
export async function draftToResume(town: Town, db: Queries, secret: string): Promise<CivilRequest | undefined> {
  const id = await requestOfLink(db, town.clock.now(), secret, 'resume')
  const request = id && (await requestById(db, id).catch(nothingThere))
  return request?.state === 'draft' ? request : undefined
}

/** Ends the links of one kind that still open a request. */
export async function endLinks(
  tx: Tx,
  now: Temporal.Instant,
  requestId: Id<'civil-request'>,
  purpose: 'resume' | 'confirm-email',
): Promise<void> {
  await tx
    .update(civilLinks)
    .set({ usedAt: now })
    .where(and(eq(civilLinks.requestId, requestId), eq(civilLinks.purpose, purpose), isNull(civilLinks.usedAt)))
}

async function slowLetters(tx: Tx, town: Town, email: string, address: string): Promise<void> {
  await countAttempt(tx, town, LETTERS_FROM_ADDRESS, subscriberOf(address))
  await countAttempt(tx, town, LETTERS_TO_EMAIL, emailKey(email))
}

const noted = (tx: Tx, town: Town, { id }: CivilRequest, action: string) =>
  audit(tx, town.clock.now(), anonymous, { action, subject: { kind: 'civil-request', id } })

function nothingThere(error: unknown): undefined {
  if (error instanceof Problem && error.status === 404) return undefined
  throw error
}
