import type { Response } from 'express'
import type { Town } from '../../town-context.ts'
import { wordsOf } from '../../web/form-page.ts'
import type { Gate } from '../opening/gate.ts'
import { countdown } from '../openings.ts'
import { type LeisurePeriod, openingsOf } from '../store.ts'
import { datesInWords, openingWords } from '../words.ts'

/** Says from when a household may sign up, or that it is too late; 409 for who tried all the same. */
export async function gatePage(
  town: Town,
  res: Response,
  period: LeisurePeriod,
  gate: Extract<Gate, { state: 'later' | 'not-said' | 'over' }>,
): Promise<void> {
  const words = wordsOf(town, res)
  const { t, f } = words
  const now = town.clock.now()
  const openings = (await openingsOf(town.db.read, [period.id])).get(period.id) ?? []
  const wait = gate.state === 'later' ? countdown(now, gate.opensAt) : undefined
  town.render.page(
    res,
    'leisure/sign-up-closed',
    {
      period: { id: period.id, name: period.name, dates: datesInWords(words, period) },
      state: gate.state,
      opens:
        gate.state === 'later' && wait
          ? {
              when: f.instant(gate.opensAt),
              wait: t(`leisure:countdown.${wait.unit}`, 'count' in wait ? { count: wait.count } : {}),
              audience: t(`leisure:audiences.${gate.audience}`),
              draw: period.allocation === 'draw',
            }
          : null,
      openings: gate.state === 'over' ? [] : openingWords(words, openings, now),
    },
    res.req.method === 'POST' ? 409 : 200,
  )
}
