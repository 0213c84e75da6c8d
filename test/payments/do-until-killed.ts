// Does one thing in a process of its own, for a test to kill:
// `node do-until-killed.ts start <account> <person> <invoice>`, `… refund <refund>`, `… webhook <port>`.
import { createServer } from 'node:http'
import { pino } from 'pino'
import { readConfig } from '../../src/config.ts'
import type { Id } from '../../src/kernel/ids.ts'
import { askRefund } from '../../src/payments/apply-refund.ts'
import { startPayment } from '../../src/payments/start.ts'
import { buildTown } from '../../src/town.ts'

const [what, first = '', second = '', third = ''] = process.argv.slice(2)
const now = Temporal.Instant.from(process.env['TEST_NOW'] ?? '')
const running = await buildTown(readConfig('test', process.env), {
  clock: { now: () => now },
  log: pino({ level: 'silent' }),
})
const { town, app } = running
if (what === 'start') {
  const actor = { kind: 'resident', accountId: first as Id<'account'>, personId: second as Id<'person'> } as const
  await startPayment(town, actor, { invoiceIds: [third as Id<'invoice'>], language: 'fr' })
}
if (what === 'refund') await askRefund(town, first as Id<'refund'>)
if (what === 'webhook') {
  // Takes what is told of the end of a payment, and is killed before it can answer.
  createServer((req, res) => {
    let told = ''
    req.on('data', chunk => {
      told += chunk
    })
    const end = res.end.bind(res)
    res.end = ((...args: Parameters<typeof end>) =>
      told.includes('checkout.session.completed') ? res : end(...args)) as typeof res.end
    app(req, res)
  }).listen(Number(first), '127.0.0.1')
} else await running.close()
