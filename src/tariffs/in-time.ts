import { type TariffDates, tariffOn } from './rules.ts'

/** Tariffs that begin after that day, the next one first. */
export const comingAfter = <T extends TariffDates>(tariffs: readonly T[], day: Temporal.PlainDate): T[] =>
  tariffs.filter(({ from }) => Temporal.PlainDate.compare(from, day) > 0)

/** The tariffs of one service as a day sees them: the one in force, those to come, and those ended, the last one first. */
export function inTime<T extends TariffDates>(tariffs: readonly T[], service: string, day: Temporal.PlainDate) {
  const current = tariffOn(tariffs, service, day)
  const coming = comingAfter(tariffs, day)
  const ended = tariffs.filter(tariff => tariff !== current && !coming.includes(tariff)).reverse()
  return { current, coming, ended }
}

/** The same of each tariff, be it in force, coming or ended. */
export const mapped = <T, V>(
  { current, coming, ended }: { current: T | undefined; coming: readonly T[]; ended: readonly T[] },
  view: (tariff: T) => V,
) => ({ current: current ? view(current) : null, coming: coming.map(view), ended: ended.map(view) })
