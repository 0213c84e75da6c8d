import type { Clerk } from '../../kernel/actor.ts'
import { townWorkingDays } from '../../kernel/calendar.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Town } from '../../town-context.ts'
import { pagesOf } from '../../uploads/stored-files.ts'
import type { Translator } from '../../web/i18n.ts'
import { countryName } from '../asking/country-names.ts'
import { type CivilFile, messagesOf, movesOf, openAsk, ownFiles } from '../following/follow.ts'
import { actOf } from '../printing/act.ts'
import { registryClerks } from '../queue/clerks.ts'
import { isAside } from '../queue/desk-actions.ts'
import { isHeld } from '../queue/holding.ts'
import { traffic } from '../rules/delays.ts'
import type { Doubt } from '../rules/doubts.ts'
import { isClosed, mayMove } from '../states.ts'
import type { CivilRequest } from '../store.ts'
import { inGroups, whatWasAsked } from '../words.ts'
import { mayBeCorrected } from './correct.ts'
import { actFacts, applicantFacts, knownDay, languageName } from './file-facts.ts'
import {
  deedsOf,
  doubtsAbout,
  type EarlierRequest,
  notesOf,
  refusalDocument,
  requestsOfApplicant,
  requestsOfRecord,
} from './file-store.ts'
import { deeds, messagesTold, type NameOf, notesTold, timelineOf } from './file-timeline.ts'
import { rulesToday } from './refusal.ts'

export const pageOf = (id: string) => `/guichet/etat-civil/${id}`

/** The head of every page about one request: who asks, what, where it stands, who has it. */
export async function headOf(town: Town, words: Translator, clerk: Clerk, request: CivilRequest) {
  const { t, f } = words
  const { answers, state, dueOn, number, submittedAt, standing, channel, language } = request
  const now = town.clock.now()
  const today = dayInParis(now)
  const clerks = await registryClerks(town.db.read)
  const nameOf: NameOf = id => clerks.find(one => one.id === id)?.name ?? ''
  const held = isHeld(request, now)
  const mine = held && request.heldBy === clerk.accountId
  const counts = state === 'submitted' || state === 'under-review'
  const { applicant } = answers
  return {
    id: request.id,
    version: request.version,
    page: pageOf(request.id),
    number: inGroups(number ?? ''),
    what: capitalised(whatWasAsked(words, request)),
    identity: [
      applicant ? `${applicant.firstName} ${applicant.lastName}` : '',
      applicant ? t('civil-file:bornOn', { day: knownDay(words, applicant.birthDate) }) : '',
      standing ? t(`civil-file:standing.${standing}`) : '',
      t(`civil-file:channel.${channel}`),
      t('civil-file:speaks', { language: languageName(words, language) }),
    ].filter(Boolean),
    state,
    stateWord: t(`civil-records:state.${state}`),
    closed: isClosed(state),
    received: submittedAt ? f.day(dayInParis(submittedAt)) : '',
    due: dueOn && counts ? { day: f.day(dueOn), traffic: traffic(dueOn, today, townWorkingDays) } : null,
    assigned: nameOf(request.assignedTo),
    mine,
    holder:
      held && !mine
        ? { name: nameOf(request.heldBy), since: request.heldSince ? f.instant(request.heldSince) : '' }
        : null,
    mayTake: !isClosed(state) && !held,
    aside: isAside(request, today)
      ? { until: request.onHoldUntil ? f.day(request.onHoldUntil) : '', why: request.onHoldReason ?? '' }
      : null,
    otherLanguage: language === 'fr' ? '' : languageName(words, language),
    language,
    nameOf,
  }
}

/** All that a clerk sees of one request. */
export async function fileView(town: Town, words: Translator, clerk: Clerk, request: CivilRequest) {
  const db = town.db.read
  const { t, f } = words
  const { nameOf, ...head } = await headOf(town, words, clerk, request)
  const moves = await movesOf(db, request.id)
  const files = await ownFiles(db, request.id)
  const ofRecord = await requestsOfRecord(db, request)
  const earlier = await requestsOfApplicant(db, request)
  const doubts = await doubtsAbout(town, db, request, { ofRecord })
  const act = await actOf(db, request.id)
  const ask = await openAsk(db, request.id)
  const refusedBy = moves.findLast(({ to }) => to === 'refused')
  const refusal = refusedBy && (await refusalDocument(db, refusedBy.id))
  return {
    ...head,
    facts: actFacts(words, request),
    asker: applicantFacts(words, request),
    entitlement: entitlementTold(town, words, request, files),
    doubts: doubts.map(doubt => doubtTold(words, doubt)),
    sameRecord: ofRecord.map(one => linkTo(words, one)),
    papers: await Promise.all(files.map(file => paperTold(town, words, request, file))),
    papersGone: head.closed && request.answers.proof === 'sent' && files.length === 0,
    earlier: earlier.rows.map(one => linkTo(words, one)),
    earlierMore: earlier.all - earlier.rows.length,
    waits: ask && request.state === 'waiting-for-applicant' ? f.day(ask.dueOn) : '',
    messages: messagesTold(words, nameOf, await messagesOf(db, request.id), files),
    notes: notesTold(words, nameOf, await notesOf(db, request.id)),
    timeline: timelineOf(words, nameOf, moves, await deedsOf(db, request.id, deeds)),
    actPrepared: act
      ? t('civil-file:actPrepared', { name: nameOf(act.preparedBy), day: f.day(dayInParis(act.preparedAt)) })
      : '',
    refusalLetter: refusedBy ? (refusal ? 'ready' : 'coming') : '',
    may: whatMayBeDone(request, head.mine, act !== undefined),
  }
}

/** What the clerk can do from here; `mine` is whether they hold the request. */
export function whatMayBeDone(request: CivilRequest, mine: boolean, actPrepared: boolean) {
  const { state } = request
  const goes = (to: CivilRequest['state']) => mine && mayMove(state, to)
  return {
    prepare: goes('ready-to-print'),
    accept: goes('ready-to-print') && actPrepared,
    ask: goes('waiting-for-applicant'),
    refuse: goes('refused'),
    write: mine && !isClosed(state),
    correct: mine && mayBeCorrected(request),
    resume: state !== 'submitted' && goes('under-review'),
    withdraw: goes('withdrawn'),
    reopen: state === 'refused',
  }
}

/** What the rules said when it was asked, what they say today, and which proofs came. */
function entitlementTold(town: Town, { t, f }: Translator, request: CivilRequest, files: readonly CivilFile[]) {
  const { granted } = request
  const today = rulesToday(town, request)
  const before = granted
    ? {
        ground: t(`civil-file:ground.${granted.ground}`),
        source: granted.source,
        information: granted.information,
      }
    : null
  const now = today?.allowed
    ? { allowed: true, why: t(`civil-file:ground.${today.ground}`), source: today.source, opens: '' }
    : today && {
        allowed: false,
        why: t(`civil-file:denied.${today.reason}`),
        source: today.source,
        opens: today.opensOn ? t('civil-file:refusal.opensOn', { day: f.day(today.opensOn) }) : '',
      }
  const differs = now && (!now.allowed || !before || now.why !== before.ground)
  const atCounter = request.answers.proof === 'at-counter'
  return {
    before,
    now: now && (differs || !before) ? now : null,
    proofs: (today?.allowed ? today.proofs : (granted?.proofs ?? [])).map(proof => t(`civil-file:proof.${proof}`)),
    came: atCounter
      ? t('civil-file:proofsAtCounter')
      : t('civil-file:proofsCame', { count: files.filter(({ purpose }) => purpose === 'proof').length }),
    checks: today?.allowed ? today.checks.map(check => t(`civil-file:check.${check}`)) : [],
  }
}

function doubtTold({ t, language }: Translator, { code, params }: Doubt): string {
  const shown = 'country' in params ? { country: countryName(params.country, language.intl) } : params
  return t(`civil-file:doubt.${code}`, shown)
}

function linkTo(words: Translator, request: EarlierRequest) {
  const { t, f } = words
  return {
    href: pageOf(request.id),
    number: inGroups(request.number ?? ''),
    what: capitalised(whatWasAsked(words, request)),
    day: request.submittedAt ? f.day(dayInParis(request.submittedAt)) : '',
    state: t(`civil-records:state.${request.state}`),
  }
}

async function paperTold(town: Town, { t, f }: Translator, request: CivilRequest, file: CivilFile) {
  const pages = await pagesOf(town, file)
  const href = `${pageOf(request.id)}/papiers/${file.id}`
  return {
    name: file.name,
    href,
    came: t(file.purpose === 'answer' ? 'civil-file:paperAnswer' : 'civil-file:paperSent', {
      day: f.day(dayInParis(file.createdAt)),
    }),
    pages: Array.from({ length: pages }, (_, i) => ({
      src: `${href}/page/${i + 1}`,
      alt: t('civil-file:paperPage', { name: file.name, page: i + 1, pages }),
    })),
  }
}

const capitalised = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1)
