import { day, id, instant, json, ref, table, text, uniqueIndex } from '../db/columns.ts'
import type { LeisureRule } from './leisure-rules.ts'
import type { TariffRule } from './rules.ts'

/** What a service costs from a day on, as voted by the council. A new price is a new row. */
export const tariffs = table(
  'tariffs',
  {
    id: id<'tariff'>(),
    service: text().notNull(),
    from: day().notNull(),
    /** Last day, when one was voted; otherwise the next tariff ends it. */
    to: day(),
    /** By service: meals have one kind of rule, leisure centres another. */
    rule: json<TariffRule | LeisureRule>().notNull(),
    createdBy: ref<'account'>(),
    createdAt: instant().notNull(),
  },
  t => [uniqueIndex('tariffs_service').on(t.service, t.from)],
)
