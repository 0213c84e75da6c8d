import type { Translator } from '../../web/i18n.ts'
import { countdown } from '../openings.ts'
import { roomOpensAt } from './gate.ts'
import { askAgainIn, type Standing } from './room.ts'

/** What a poll of the room answers; the page says the same. */
export type RoomNews = {
  state: 'early' | Standing['state']
  /** What has changed, for eyes and ears. */
  say: string
  /** What goes with it, for who wants to know. */
  more: string
  /** In how many seconds to ask again. */
  wait: number
  /** Where to go on, once it is one's turn. */
  to?: string
}

/** Where the room leads to when the turn has come. */
export const signUpPath = (periodId: string) => `/centres-de-loisirs/inscrire/${periodId}`

/** What somebody in the room is told. */
export function newsOf(
  words: Translator,
  asked: { standing: Standing; opensAt: Temporal.Instant; now: Temporal.Instant; periodId: string; chance: number },
): RoomNews {
  const { t, f } = words
  const { standing, opensAt, now } = asked
  const wait = Math.ceil(askAgainIn(standing, asked.chance) * 10) / 10
  switch (standing.state) {
    case 'before': {
      const say = t('leisure-room:before', { time: f.time(opensAt), wait: waitInWords(words, now, opensAt) })
      return { state: 'before', say, more: t('leisure-room:present'), wait }
    }
    case 'turn': {
      const minutes = Math.round(standing.seconds / 60)
      const say = standing.seconds < 60 ? t('leisure-room:soon') : t('leisure-room:turn', { count: minutes })
      return { state: 'turn', say, more: aheadInWords(words, standing.ahead), wait }
    }
    case 'go':
      return { state: 'go', say: t('leisure-room:go'), more: '', wait: 0, to: signUpPath(asked.periodId) }
  }
}

/** What somebody is told who comes before the room is there. */
export function earlyNews(
  words: Translator,
  { opensAt, now, chance }: { opensAt: Temporal.Instant; now: Temporal.Instant; chance: number },
): RoomNews {
  const { t, f } = words
  const room = roomOpensAt(opensAt)
  const left = Math.max(now.until(room).total('seconds'), 0)
  return {
    state: 'early',
    say: t('leisure-room:early', { when: f.instant(room), wait: waitInWords(words, now, room) }),
    more: t('leisure-room:earlyMore', { when: f.instant(opensAt) }),
    // A page left open overnight still finds the room.
    wait: Math.ceil(left > 600 ? 600 + 300 * chance : left + 20 * chance),
  }
}

function aheadInWords({ t }: Translator, ahead: number | undefined): string {
  if (ahead === undefined) return t('leisure-room:late')
  return ahead === 0 ? t('leisure-room:first') : t('leisure-room:ahead', { count: ahead })
}

function waitInWords({ t }: Translator, now: Temporal.Instant, until: Temporal.Instant): string {
  const left = countdown(now, until)
  return t(`leisure:countdown.${left.unit}`, 'count' in left ? { count: left.count } : {})
}
