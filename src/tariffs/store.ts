import { prepared, type Queries } from '../db/database.ts'
import { asc, eq, sql } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import type { LeisureTariff } from './leisure-rules.ts'
import type { Tariff } from './rules.ts'
import { tariffs } from './schema.ts'

/** A tariff of any service: the rule tells which. */
export type AnyTariff = Tariff | LeisureTariff
type TariffsByService = { canteen: Tariff; leisure: LeisureTariff; 'leisure-wednesdays': LeisureTariff }
export type TariffService = keyof TariffsByService

const columns = { id: tariffs.id, service: tariffs.service, from: tariffs.from, to: tariffs.to, rule: tariffs.rule }

const ofService = prepared(db =>
  db
    .select(columns)
    .from(tariffs)
    .where(eq(tariffs.service, sql.placeholder('service')))
    .orderBy(asc(tariffs.from))
    .prepare(),
)

/** Every tariff of a service, past and coming ones too, by date. */
export async function tariffsOf<S extends TariffService>(db: Queries, service: S): Promise<TariffsByService[S][]> {
  return (await ofService(db).execute({ service })) as TariffsByService[S][]
}

/** Every tariff of leisure centres, those of Wednesdays of term too. */
export async function leisureTariffsOf(db: Queries): Promise<LeisureTariff[]> {
  return [...(await tariffsOf(db, 'leisure')), ...(await tariffsOf(db, 'leisure-wednesdays'))]
}

/** One tariff. Throws 404. */
export async function tariffById(db: Queries, id: Id<'tariff'>): Promise<AnyTariff> {
  const [tariff] = await db.select(columns).from(tariffs).where(eq(tariffs.id, id))
  if (!tariff) throw notFound()
  return tariff as AnyTariff
}
