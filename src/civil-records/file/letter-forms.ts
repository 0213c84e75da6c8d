import type { Queries } from '../../db/database.ts'
import type { Clerk } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { typedDay, typedParts } from '../../people/forms.ts'
import { cannedKeys } from '../../settings/letter-keys.ts'
import { settingsOf } from '../../settings/settings.ts'
import type { LetterText } from '../../settings/texts.ts'
import type { Town } from '../../town-context.ts'
import { typedIn } from '../../web/form-page.ts'
import type { Translator } from '../../web/i18n.ts'
import { letterAbout } from '../letters.ts'
import type { CivilRequest } from '../store.ts'
import type { Seen } from './act-on.ts'
import { askApplicant, askKinds, askLetters, readAsk } from './ask-applicant.ts'
import type { whatMayBeDone } from './file-view.ts'
import { readRefusal, refusalGrounds, refusalLetters, refuseRequest, rulesToday } from './refusal.ts'
import { messageLetters, readMessage, writeMessage } from './write-message.ts'

type Letters = { theirs: LetterText; french: LetterText | undefined }
type May = ReturnType<typeof whatMayBeDone>

/** A letter that a clerk writes in a form, sees as it will be read, then sends. */
export type LetterForm = {
  /** The end of its address; its words are below `civil-file:letter.<path>`. */
  path: 'demander' | 'ecrire' | 'refuser'
  may: (may: May) => boolean
  /** The texts and dates of the form, as they were typed. */
  typed: (body: unknown) => Record<string, unknown>
  /** The same as the use case takes them. */
  sent: (body: unknown) => unknown
  /** What the form begins with, and what there is to choose from. */
  begin: (town: Town, request: CivilRequest) => Promise<Record<string, unknown>>
  choices: (town: Town, words: Translator, request: CivilRequest) => Promise<object>
  letters: (town: Town, db: Queries, request: CivilRequest, sent: unknown) => Promise<Letters>
  send: (town: Town, clerk: Clerk, seen: Seen, sent: unknown) => Promise<CivilRequest>
}

const askTexts = ['asks', 'canned', 'words', 'translated'] as const
const messageTexts = ['words', 'translated'] as const
const refusalTexts = ['ground', 'facts', 'translated', 'law'] as const

const asking: LetterForm = {
  path: 'demander',
  may: ({ ask }) => ask,
  typed: body => ({ ...typedIn(body, askTexts), dueOn: typedParts(body, 'dueOn') }),
  sent: body => ({ ...typedIn(body, askTexts), dueOn: typedDay(body, 'dueOn') || undefined }),
  begin: async town => {
    const { askDays } = await settingsOf(town.db.read)
    const dueOn = dayInParis(town.clock.now()).add({ days: askDays })
    return { asks: 'document', canned: '', words: '', translated: '', dueOn }
  },
  choices: async (town, { t }, request) => {
    const { askDays } = await settingsOf(town.db.read)
    const deadline = town.languages.for('fr').f.day(dayInParis(town.clock.now()).add({ days: askDays }))
    const ready = []
    for (const key of cannedKeys) {
      const { subject, paragraphs } = await letterAbout(town, town.db.read, request, key, { deadline }, 'fr')
      ready.push({ value: key, text: subject, hint: paragraphs.join(' '), lang: 'fr' })
    }
    return {
      asks: askKinds.map(value => ({ value, text: t(`civil-file:letter.demander.asks.${value}`) })),
      canned: [...ready, { value: 'own', text: t('civil-file:letter.demander.own') }],
    }
  },
  letters: async (town, db, request, sent) => askLetters(town, db, request, await readAsk(town, db, request, sent)),
  send: askApplicant,
}

const telling: LetterForm = {
  path: 'ecrire',
  may: ({ write }) => write,
  typed: body => typedIn(body, messageTexts),
  sent: body => typedIn(body, messageTexts),
  begin: async () => ({ words: '', translated: '' }),
  choices: async () => ({}),
  letters: async (town, db, request, sent) => messageLetters(town, db, request, readMessage(request, sent)),
  send: writeMessage,
}

const refusing: LetterForm = {
  path: 'refuser',
  may: ({ refuse }) => refuse,
  typed: body => typedIn(body, refusalTexts),
  sent: body => typedIn(body, refusalTexts),
  begin: async (town, request) => {
    const today = rulesToday(town, request)
    return { ground: today && !today.allowed ? today.reason : '', facts: '', translated: '', law: '' }
  },
  choices: async (_town, { t }) => ({
    grounds: refusalGrounds.map(value => ({
      value,
      text: t(`civil-file:refusal.${value}.name`),
      hint: t(`civil-file:refusal.${value}.hint`),
    })),
  }),
  letters: async (town, db, request, sent) => refusalLetters(town, db, request, readRefusal(town, request, sent)),
  send: refuseRequest,
}

export const letterForms: readonly LetterForm[] = [asking, telling, refusing]
